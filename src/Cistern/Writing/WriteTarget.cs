namespace Cistern;

/// <summary>A backend to write to, under the name by which the report speaks of it.</summary>
/// <param name="Name">The name; holds no secret.</param>
/// <param name="Backend">The backend; the caller's, who disposes it.</param>
public sealed record WriteTarget(string Name, CacheBackend Backend);
