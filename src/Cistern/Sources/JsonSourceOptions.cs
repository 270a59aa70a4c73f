namespace Cistern;

/// <summary>How a <see cref="JsonSource"/> reads its file.</summary>
public sealed class JsonSourceOptions : FileSourceOptions;
