namespace Cistern.Tests;

/// <summary>The rooms of src, as docs/architecture.md describes them.</summary>
internal enum Room
{
    Core,
    Testing,
    Backends,
    Sources,
    Adapters,
    Apps,
}
