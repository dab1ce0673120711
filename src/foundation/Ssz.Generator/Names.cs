namespace Flashback.SszGenerator;

/// <summary>What the generator knows of Primitives.</summary>
internal static class Names
{
    public const string Namespace = "Flashback.Primitives";
    public const string ContainerAttribute = Namespace + ".SszContainerAttribute";
    public const string ListAttribute = Namespace + ".SszListAttribute";
    public const string VectorAttribute = Namespace + ".SszVectorAttribute";
    public const string NameAttribute = Namespace + ".SszNameAttribute";
    public const string OnlyIfAttribute = Namespace + ".SszOnlyIfAttribute";
    public const string Number = Namespace + ".ISszNumber";
    public const string UInt256 = Namespace + ".UInt256";
    public const string FixedBytes = Namespace + ".IFixedBytes<TSelf>";
    public const string Collection = Namespace + ".ISszCollection<TSelf>";
    public const string KnowsRoot = Namespace + ".IKnowsRoot";

    /// <summary>The namespace as generated code writes it.</summary>
    public const string Global = "global::" + Namespace + ".";
}
