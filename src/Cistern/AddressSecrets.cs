namespace Cistern;

/// <summary>Hides what in an address is a secret, or may be one: too much rather than too little.</summary>
internal static class AddressSecrets
{
    private const string Hidden = "***";

    // Parts of names: also api-key, pwd, Authorization, sslpassword, sig.
    private static readonly string[] Names = ["pass", "pw", "secret", "token", "key", "auth", "sig", "cred", "jwt", "sas", "bearer", "private"];

    // Their location is a path, in which @ and : are letters as any other.
    private static readonly string[] PathSchemes = ["file", "sqlite"];

    private static readonly string[] Colons = [":", "%3A"];
    private static readonly string[] Ats = ["@", "%40"];

    /// <summary>An address without secrets.</summary>
    /// <param name="scheme">Its scheme.</param>
    /// <param name="location">Its location.</param>
    /// <param name="options">Its options, by name, decoded.</param>
    public static string Hide(string scheme, string location, IReadOnlyDictionary<string, string> options)
    {
        var shown = HideLocation(scheme, location, out var mayGoOn);

        // A question mark in a password ends the location: then the user's part goes on in the options.
        if (mayGoOn && options.Any(option => Last(option.Key, Ats) >= 0 || Last(option.Value, Ats) >= 0)) return $"{scheme}:{location[..First(location, Colons)]}:{Hidden}";
        var all = string.Join('&', options.Select(option => $"{Escape(option.Key)}={(IsSecret(option.Key, option.Value) ? Hidden : Escape(option.Value))}"));
        return $"{scheme}:{shown}{(all.Length == 0 ? "" : "?" + all)}";
    }

    /// <summary>The name of an option as errors may show it.</summary>
    public static string HideName(string name) => Last(name, Ats) >= 0 ? Hidden : name;

    private static string HideLocation(string scheme, string location, out bool mayGoOn)
    {
        var isServer = IsServer(location);
        mayGoOn = false;
        if (!isServer && PathSchemes.Contains(scheme)) return location;
        if (isServer && FindPassword(location) is var (colon, at)) return $"{location[..colon]}:{Hidden}{location[at..]}";
        var last = Last(location, Ats);
        if (!isServer && last >= 0) return Hidden + location[last..];

        // Without an @ so far, what is behind a colon is a port, or a password whose end has not come.
        mayGoOn = last < 0 && First(location, Colons) >= 0;
        return location;
    }

    // Of a server: from the first colon of the user's part to the last @ of all, as a password may hold any of @ : and /.
    private static (int Colon, int At)? FindPassword(string location)
    {
        var (colon, at) = (First(location, Colons), Last(location, Ats));
        return colon >= 0 && colon < at ? (colon, at) : null;
    }

    private static bool IsServer(string location) => location.StartsWith("//", StringComparison.Ordinal) && !location.StartsWith("///", StringComparison.Ordinal);

    private static bool IsSecret(string name, string value) =>
        Names.Any(secret => name.Contains(secret, StringComparison.OrdinalIgnoreCase)) || (First(value, Colons) is >= 0 and var colon && colon < Last(value, Ats));

    private static int First(string text, string[] marks) => marks.Select(mark => text.IndexOf(mark, StringComparison.OrdinalIgnoreCase)).Where(place => place >= 0).DefaultIfEmpty(-1).Min();

    private static int Last(string text, string[] marks) => marks.Max(mark => text.LastIndexOf(mark, StringComparison.OrdinalIgnoreCase));

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal);
}
