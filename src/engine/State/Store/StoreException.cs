namespace Flashback.State.Store;

/// <summary>The machine failed the store: the disk is full or broken, files are damaged, the folder is in use or of an unknown layout.</summary>
public sealed class StoreException : Exception
{
    /// <summary>A failure told for the operator.</summary>
    public StoreException(string message)
        : base(message)
    {
    }

    /// <summary>A failure told for the operator, with its cause.</summary>
    public StoreException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
