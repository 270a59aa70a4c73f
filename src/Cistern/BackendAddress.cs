using System.Buffers;
using System.Collections.ObjectModel;
using System.Globalization;

namespace Cistern;

/// <summary>
/// Where a backend is, as one text for command lines and configuration: <c>scheme:location?option=value&amp;…</c>, for example
/// <c>memory:?max-size=100MB</c> or <c>redis://user:secret@host:6379/0?prefix=app:</c>. Immutable. Its own text hides secrets.
/// </summary>
public sealed class BackendAddress
{
    private static readonly SearchValues<char> SchemeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    private BackendAddress(string scheme, string location, ReadOnlyDictionary<string, string> options)
    {
        Scheme = scheme;
        Location = location;
        Options = options;
    }

    /// <summary>The kind of backend, in lower case: <c>memory</c>, <c>file</c>, <c>redis</c>…</summary>
    public string Scheme { get; }

    /// <summary>What lies between the scheme's colon and the question mark, as it was written; may hold a secret. Empty where there is nothing.</summary>
    public string Location { get; }

    /// <summary>The options after the question mark, by name, percent-decoded; may hold a secret.</summary>
    public IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <exception cref="FormatException">It is not an address; the message says why and holds no part of a location or an option's value.</exception>
    public static BackendAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':');
        if (colon < 1 || !IsScheme(text.AsSpan(0, colon))) throw new FormatException("not an address; an address is scheme:location?option=value, for example memory:?capacity=1000");
        var question = text.IndexOf('?', colon);
        var location = text[(colon + 1)..(question < 0 ? text.Length : question)];
        return new BackendAddress(text[..colon].ToLowerInvariant(), location, new ReadOnlyDictionary<string, string>(ParseOptions(question < 0 ? "" : text[(question + 1)..])));
    }

    /// <summary>An option that is a number of bytes, such as <c>64KB</c> or <c>100MB</c>; null when it is not given.</summary>
    /// <param name="name">The option.</param>
    /// <exception cref="FormatException">It is something else; the message says what is allowed.</exception>
    public long? BytesOf(string name) => Read(name, ByteSizeText.Allowed, ByteSizeText.Parse);

    /// <summary>An option that is a duration, such as <c>500ms</c> or <c>5m</c>; null when it is not given.</summary>
    /// <param name="name">The option.</param>
    /// <exception cref="FormatException">It is something else; the message says what is allowed.</exception>
    public TimeSpan? DurationOf(string name) => Read(name, DurationText.Allowed, DurationText.Parse);

    /// <summary>An option that is a whole number; null when it is not given.</summary>
    /// <param name="name">The option.</param>
    /// <param name="least">The least that is allowed.</param>
    /// <exception cref="FormatException">It is something else; the message says what is allowed.</exception>
    public long? WholeOf(string name, long least) => Read<long>(
        name,
        $"a whole number, at least {least}",
        text => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least ? number : null);

    /// <summary>An option that is <c>true</c> or <c>false</c>; false when it is not given.</summary>
    /// <param name="name">The option.</param>
    /// <exception cref="FormatException">It is something else; the message says what is allowed.</exception>
    public bool FlagOf(string name) => ChoiceOf(name, ("true", true), ("false", false)) ?? false;

    /// <summary>An option that is one of some words; null when it is not given.</summary>
    /// <param name="name">The option.</param>
    /// <param name="choices">The words, and what each stands for.</param>
    /// <typeparam name="T">The type of what they stand for.</typeparam>
    /// <exception cref="FormatException">It is something else; the message says what is allowed.</exception>
    public T? ChoiceOf<T>(string name, params IReadOnlyList<(string Word, T Meaning)> choices) where T : struct => Read<T>(
        name,
        string.Join(" or ", choices.Select(choice => choice.Word)),
        text => choices.Where(choice => choice.Word == text).Select(choice => (T?)choice.Meaning).FirstOrDefault());

    /// <summary>
    /// The address with <c>***</c> for what is a secret or may be one: whatever lies between a user's name and the last <c>@</c>, and the values of
    /// options whose names speak of passwords, keys and the like. A path, of <c>file:</c> and <c>sqlite:</c>, is shown as it is.
    /// </summary>
    public override string ToString() => AddressSecrets.Hide(Scheme, Location, Options);

    // What was given is not shown: a secret may have been put into the wrong option.
    private T? Read<T>(string name, string allowed, Func<string, T?> parse) where T : struct
    {
        if (!Options.TryGetValue(name, out var text)) return null;
        return parse(text) ?? throw new FormatException($"{name} must be {allowed}");
    }

    private static bool IsScheme(ReadOnlySpan<char> scheme) => char.IsAsciiLetter(scheme[0]) && scheme.IndexOfAnyExcept(SchemeCharacters) < 0;

    private static OrderedDictionary<string, string> ParseOptions(string text)
    {
        var options = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            if (equals < 1) throw new FormatException("an option without a name or a value; options are name=value, joined by &");
            var name = Uri.UnescapeDataString(part[..equals]);
            if (!options.TryAdd(name, Uri.UnescapeDataString(part[(equals + 1)..]))) throw new FormatException($"the option '{AddressSecrets.HideName(name)}' is given twice");
        }

        return options;
    }
}
