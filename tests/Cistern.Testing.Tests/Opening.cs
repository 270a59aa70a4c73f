namespace Cistern.Tests;

/// <summary>What a reference backend or a mutant of it is opened with.</summary>
internal sealed record Opening(TimeProvider Clock, long? Capacity = null, long? MaxSizeBytes = null);
