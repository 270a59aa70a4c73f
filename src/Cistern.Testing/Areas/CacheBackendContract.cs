namespace Cistern.Testing;

/// <summary>
/// The contract of a backend, as tests. Derive one public class, open the backend under test in it, and every rule runs:
/// <code>
/// public sealed class MyContract : CacheBackendContract
/// {
///     protected override ValueTask&lt;CacheBackend&gt; OpenAsync(TimeProvider clock) => new(new MyBackend(clock));
/// }
/// </code>
/// What a backend does not offer is skipped visibly, never passed silently.
/// </summary>
/// <remarks>The areas are a chain of base classes, so that the author derives once and no area is forgotten, and each still is a file to read at one go.</remarks>
public abstract class CacheBackendContract : DisposeContract
{
}
