namespace Flashback.State.Store;

/// <summary>What a store is opened for.</summary>
internal enum StoreAccess
{
    /// <summary>To be used.</summary>
    ReadWrite,

    /// <summary>To be looked at: nothing in it changes.</summary>
    ReadOnly,
}
