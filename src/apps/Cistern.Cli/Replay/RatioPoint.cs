namespace Cistern.Cli;

/// <summary>A point of a curve of hit ratios.</summary>
/// <param name="Room">How much room there is; above 0.</param>
/// <param name="Label">The room in words.</param>
/// <param name="Ratio">The hit ratio, 0 to 1.</param>
internal readonly record struct RatioPoint(double Room, string Label, double Ratio);
