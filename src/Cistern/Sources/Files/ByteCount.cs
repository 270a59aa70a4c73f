namespace Cistern;

/// <summary>Writes a number of bytes for people.</summary>
internal static class ByteCount
{
    private const int Megabyte = 1024 * 1024;

    public static string Describe(long bytes) => bytes >= Megabyte && bytes % Megabyte == 0 ? $"{bytes / Megabyte} MB" : $"{bytes} bytes";
}
