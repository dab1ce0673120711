namespace Flashback.Execution;

/// <summary>An instruction of the EVM. spec: Ethereum Yellow Paper, appendix H.2, and the proposals named</summary>
public enum Opcode : byte
{
    /// <summary>Ends the call without output.</summary>
    Stop = 0x00,

    /// <summary>Sum.</summary>
    Add = 0x01,

    /// <summary>Product.</summary>
    Mul = 0x02,

    /// <summary>Difference.</summary>
    Sub = 0x03,

    /// <summary>Quotient.</summary>
    Div = 0x04,

    /// <summary>Quotient of two's complements.</summary>
    SDiv = 0x05,

    /// <summary>Remainder.</summary>
    Mod = 0x06,

    /// <summary>Remainder of two's complements.</summary>
    SMod = 0x07,

    /// <summary>Sum modulo the third.</summary>
    AddMod = 0x08,

    /// <summary>Product modulo the third.</summary>
    MulMod = 0x09,

    /// <summary>Power; 50 gas per byte of the exponent (EIP-160).</summary>
    Exp = 0x0a,

    /// <summary>Widens a two's complement.</summary>
    SignExtend = 0x0b,

    /// <summary>Comparison.</summary>
    Lt = 0x10,

    /// <summary>Comparison.</summary>
    Gt = 0x11,

    /// <summary>Comparison.</summary>
    SLt = 0x12,

    /// <summary>Comparison.</summary>
    SGt = 0x13,

    /// <summary>Comparison.</summary>
    Eq = 0x14,

    /// <summary>1 for 0, else 0.</summary>
    IsZero = 0x15,

    /// <summary>Bitwise.</summary>
    And = 0x16,

    /// <summary>Bitwise.</summary>
    Or = 0x17,

    /// <summary>Bitwise.</summary>
    Xor = 0x18,

    /// <summary>Bitwise complement.</summary>
    Not = 0x19,

    /// <summary>One byte of a word.</summary>
    Byte = 0x1a,

    /// <summary>Shift (EIP-145).</summary>
    Shl = 0x1b,

    /// <summary>Shift (EIP-145).</summary>
    Shr = 0x1c,

    /// <summary>Shift (EIP-145).</summary>
    Sar = 0x1d,

    /// <summary>Leading zero bits (EIP-7939, Osaka).</summary>
    Clz = 0x1e,

    /// <summary>Hash of memory; 6 gas per word.</summary>
    Keccak256 = 0x20,

    /// <summary>The executing account.</summary>
    Address = 0x30,

    /// <summary>Balance of an account; 2500 more when cold (EIP-2929).</summary>
    Balance = 0x31,

    /// <summary>The transaction's sender.</summary>
    Origin = 0x32,

    /// <summary>The calling account.</summary>
    Caller = 0x33,

    /// <summary>Wei sent along.</summary>
    CallValue = 0x34,

    /// <summary>A word of the input.</summary>
    CallDataLoad = 0x35,

    /// <summary>Length of the input.</summary>
    CallDataSize = 0x36,

    /// <summary>Input to memory; 3 gas per word.</summary>
    CallDataCopy = 0x37,

    /// <summary>Length of the code.</summary>
    CodeSize = 0x38,

    /// <summary>Code to memory; 3 gas per word.</summary>
    CodeCopy = 0x39,

    /// <summary>Wei per gas that the sender pays.</summary>
    GasPrice = 0x3a,

    /// <summary>Length of an account's code; 2500 more when cold.</summary>
    ExtCodeSize = 0x3b,

    /// <summary>An account's code to memory; 3 gas per word, 2500 more when cold.</summary>
    ExtCodeCopy = 0x3c,

    /// <summary>Length of the last call's output (EIP-211).</summary>
    ReturnDataSize = 0x3d,

    /// <summary>Output of the last call to memory; 3 gas per word.</summary>
    ReturnDataCopy = 0x3e,

    /// <summary>Hash of an account's code (EIP-1052); 2500 more when cold.</summary>
    ExtCodeHash = 0x3f,

    /// <summary>Hash of one of the last 256 blocks.</summary>
    BlockHash = 0x40,

    /// <summary>Who is paid for the block.</summary>
    Coinbase = 0x41,

    /// <summary>Seconds of the block.</summary>
    Timestamp = 0x42,

    /// <summary>Number of the block.</summary>
    Number = 0x43,

    /// <summary>The beacon chain's randomness (EIP-4399).</summary>
    PrevRandao = 0x44,

    /// <summary>Gas limit of the block.</summary>
    GasLimit = 0x45,

    /// <summary>The chain (EIP-1344).</summary>
    ChainId = 0x46,

    /// <summary>Balance of the executing account (EIP-1884).</summary>
    SelfBalance = 0x47,

    /// <summary>Base fee of the block (EIP-3198).</summary>
    BaseFee = 0x48,

    /// <summary>A versioned hash of the transaction (EIP-4844).</summary>
    BlobHash = 0x49,

    /// <summary>Blob base fee of the block (EIP-7516).</summary>
    BlobBaseFee = 0x4a,

    /// <summary>Drops a word.</summary>
    Pop = 0x50,

    /// <summary>A word of memory.</summary>
    MLoad = 0x51,

    /// <summary>A word to memory.</summary>
    MStore = 0x52,

    /// <summary>A byte to memory.</summary>
    MStore8 = 0x53,

    /// <summary>A word of storage; 2000 more when cold.</summary>
    SLoad = 0x54,

    /// <summary>A word to storage (EIP-2200, 2929, 3529).</summary>
    SStore = 0x55,

    /// <summary>Goes on elsewhere.</summary>
    Jump = 0x56,

    /// <summary>Goes on elsewhere if the second is not 0.</summary>
    JumpI = 0x57,

    /// <summary>Where this instruction is.</summary>
    Pc = 0x58,

    /// <summary>Bytes of memory in use.</summary>
    MSize = 0x59,

    /// <summary>Gas left.</summary>
    Gas = 0x5a,

    /// <summary>Where a jump may lead.</summary>
    JumpDest = 0x5b,

    /// <summary>A word of transient storage (EIP-1153).</summary>
    TLoad = 0x5c,

    /// <summary>A word to transient storage (EIP-1153).</summary>
    TStore = 0x5d,

    /// <summary>Memory to memory (EIP-5656); 3 gas per word.</summary>
    MCopy = 0x5e,

    /// <summary>Zero (EIP-3855).</summary>
    Push0 = 0x5f,

    /// <summary>The next 1 byte of code.</summary>
    Push1 = 0x60,

    /// <summary>The next 2 bytes of code.</summary>
    Push2 = 0x61,

    /// <summary>The next 3 bytes of code.</summary>
    Push3 = 0x62,

    /// <summary>The next 4 bytes of code.</summary>
    Push4 = 0x63,

    /// <summary>The next 5 bytes of code.</summary>
    Push5 = 0x64,

    /// <summary>The next 6 bytes of code.</summary>
    Push6 = 0x65,

    /// <summary>The next 7 bytes of code.</summary>
    Push7 = 0x66,

    /// <summary>The next 8 bytes of code.</summary>
    Push8 = 0x67,

    /// <summary>The next 9 bytes of code.</summary>
    Push9 = 0x68,

    /// <summary>The next 10 bytes of code.</summary>
    Push10 = 0x69,

    /// <summary>The next 11 bytes of code.</summary>
    Push11 = 0x6a,

    /// <summary>The next 12 bytes of code.</summary>
    Push12 = 0x6b,

    /// <summary>The next 13 bytes of code.</summary>
    Push13 = 0x6c,

    /// <summary>The next 14 bytes of code.</summary>
    Push14 = 0x6d,

    /// <summary>The next 15 bytes of code.</summary>
    Push15 = 0x6e,

    /// <summary>The next 16 bytes of code.</summary>
    Push16 = 0x6f,

    /// <summary>The next 17 bytes of code.</summary>
    Push17 = 0x70,

    /// <summary>The next 18 bytes of code.</summary>
    Push18 = 0x71,

    /// <summary>The next 19 bytes of code.</summary>
    Push19 = 0x72,

    /// <summary>The next 20 bytes of code.</summary>
    Push20 = 0x73,

    /// <summary>The next 21 bytes of code.</summary>
    Push21 = 0x74,

    /// <summary>The next 22 bytes of code.</summary>
    Push22 = 0x75,

    /// <summary>The next 23 bytes of code.</summary>
    Push23 = 0x76,

    /// <summary>The next 24 bytes of code.</summary>
    Push24 = 0x77,

    /// <summary>The next 25 bytes of code.</summary>
    Push25 = 0x78,

    /// <summary>The next 26 bytes of code.</summary>
    Push26 = 0x79,

    /// <summary>The next 27 bytes of code.</summary>
    Push27 = 0x7a,

    /// <summary>The next 28 bytes of code.</summary>
    Push28 = 0x7b,

    /// <summary>The next 29 bytes of code.</summary>
    Push29 = 0x7c,

    /// <summary>The next 30 bytes of code.</summary>
    Push30 = 0x7d,

    /// <summary>The next 31 bytes of code.</summary>
    Push31 = 0x7e,

    /// <summary>The next 32 bytes of code.</summary>
    Push32 = 0x7f,

    /// <summary>Repeats word 1 from the top.</summary>
    Dup1 = 0x80,

    /// <summary>Repeats word 2 from the top.</summary>
    Dup2 = 0x81,

    /// <summary>Repeats word 3 from the top.</summary>
    Dup3 = 0x82,

    /// <summary>Repeats word 4 from the top.</summary>
    Dup4 = 0x83,

    /// <summary>Repeats word 5 from the top.</summary>
    Dup5 = 0x84,

    /// <summary>Repeats word 6 from the top.</summary>
    Dup6 = 0x85,

    /// <summary>Repeats word 7 from the top.</summary>
    Dup7 = 0x86,

    /// <summary>Repeats word 8 from the top.</summary>
    Dup8 = 0x87,

    /// <summary>Repeats word 9 from the top.</summary>
    Dup9 = 0x88,

    /// <summary>Repeats word 10 from the top.</summary>
    Dup10 = 0x89,

    /// <summary>Repeats word 11 from the top.</summary>
    Dup11 = 0x8a,

    /// <summary>Repeats word 12 from the top.</summary>
    Dup12 = 0x8b,

    /// <summary>Repeats word 13 from the top.</summary>
    Dup13 = 0x8c,

    /// <summary>Repeats word 14 from the top.</summary>
    Dup14 = 0x8d,

    /// <summary>Repeats word 15 from the top.</summary>
    Dup15 = 0x8e,

    /// <summary>Repeats word 16 from the top.</summary>
    Dup16 = 0x8f,

    /// <summary>Swaps the top with word 2.</summary>
    Swap1 = 0x90,

    /// <summary>Swaps the top with word 3.</summary>
    Swap2 = 0x91,

    /// <summary>Swaps the top with word 4.</summary>
    Swap3 = 0x92,

    /// <summary>Swaps the top with word 5.</summary>
    Swap4 = 0x93,

    /// <summary>Swaps the top with word 6.</summary>
    Swap5 = 0x94,

    /// <summary>Swaps the top with word 7.</summary>
    Swap6 = 0x95,

    /// <summary>Swaps the top with word 8.</summary>
    Swap7 = 0x96,

    /// <summary>Swaps the top with word 9.</summary>
    Swap8 = 0x97,

    /// <summary>Swaps the top with word 10.</summary>
    Swap9 = 0x98,

    /// <summary>Swaps the top with word 11.</summary>
    Swap10 = 0x99,

    /// <summary>Swaps the top with word 12.</summary>
    Swap11 = 0x9a,

    /// <summary>Swaps the top with word 13.</summary>
    Swap12 = 0x9b,

    /// <summary>Swaps the top with word 14.</summary>
    Swap13 = 0x9c,

    /// <summary>Swaps the top with word 15.</summary>
    Swap14 = 0x9d,

    /// <summary>Swaps the top with word 16.</summary>
    Swap15 = 0x9e,

    /// <summary>Swaps the top with word 17.</summary>
    Swap16 = 0x9f,

    /// <summary>A log entry with 0 topics; 8 gas per byte.</summary>
    Log0 = 0xa0,

    /// <summary>A log entry with 1 topics; 8 gas per byte.</summary>
    Log1 = 0xa1,

    /// <summary>A log entry with 2 topics; 8 gas per byte.</summary>
    Log2 = 0xa2,

    /// <summary>A log entry with 3 topics; 8 gas per byte.</summary>
    Log3 = 0xa3,

    /// <summary>A log entry with 4 topics; 8 gas per byte.</summary>
    Log4 = 0xa4,

    /// <summary>Makes a contract.</summary>
    Create = 0xf0,

    /// <summary>Calls an account.</summary>
    Call = 0xf1,

    /// <summary>Runs an account's code as the executing one.</summary>
    CallCode = 0xf2,

    /// <summary>Ends the call with output.</summary>
    Return = 0xf3,

    /// <summary>As CALLCODE, with caller and value kept (EIP-7).</summary>
    DelegateCall = 0xf4,

    /// <summary>Makes a contract at an address known before (EIP-1014).</summary>
    Create2 = 0xf5,

    /// <summary>Calls an account that may change nothing (EIP-214).</summary>
    StaticCall = 0xfa,

    /// <summary>Undoes the call and ends it with output (EIP-140).</summary>
    Revert = 0xfd,

    /// <summary>Fails always (EIP-141).</summary>
    Invalid = 0xfe,

    /// <summary>Sends the balance away; deletes what this transaction made (EIP-6780).</summary>
    SelfDestruct = 0xff,
}
