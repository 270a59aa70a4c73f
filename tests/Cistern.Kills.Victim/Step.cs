namespace Cistern.Kills;

/// <summary>One write of a script: some keys set together, or one deleted, or everything cleared.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Keys">The keys, each once.</param>
/// <param name="Number">Its place in the script; the values it sets tell it.</param>
internal sealed record Step(StepKind Kind, IReadOnlyList<string> Keys, long Number)
{
    /// <summary>The value that this step sets for a key: it proves which key and which step it is of, and has a length of its own.</summary>
    public byte[] ValueOf(string key)
    {
        var text = $"{key}|{Number}|";
        var value = new byte[text.Length + (int)(Number * 31 % 700)];
        for (var i = 0; i < value.Length; i++) value[i] = (byte)(i < text.Length ? text[i] : 'a' + (Number + i) % 26);
        return value;
    }

    /// <summary>What the entries are after this step.</summary>
    public void ApplyTo(Dictionary<string, long> model)
    {
        if (Kind == StepKind.Clear) model.Clear();
        foreach (var key in Keys)
        {
            if (Kind == StepKind.Delete) model.Remove(key);
            else model[key] = Number;
        }
    }
}
