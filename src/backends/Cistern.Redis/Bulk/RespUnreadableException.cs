namespace Cistern;

/// <summary>What came back is no answer that a Redis server gives to what was asked.</summary>
internal sealed class RespUnreadableException() : IOException("what came back is no answer of a Redis server to what was asked");
