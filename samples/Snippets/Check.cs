namespace Samples;

/// <summary>What a snippet claims, checked.</summary>
internal static class Check
{
    public static void That(bool claim)
    {
        if (!claim) throw new InvalidOperationException("A claim of a snippet does not hold.");
    }
}
