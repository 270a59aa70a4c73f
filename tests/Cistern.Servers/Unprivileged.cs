using System.Globalization;
using System.Runtime.InteropServices;

namespace Cistern.Servers;

/// <summary>The user as whom servers run when the tests run as root: nobody.</summary>
internal static partial class Unprivileged
{
    private const uint Nobody = 65534;

    /// <summary>Whether the tests run as root.</summary>
    public static bool IsNeeded { get; } = GetEffectiveUserId() == 0;

    /// <summary>A command that runs another one as nobody, when the tests run as root.</summary>
    public static string[] Wrap(string[] command)
    {
        if (!IsNeeded) return command;
        var id = Nobody.ToString(CultureInfo.InvariantCulture);
        return [ServerPrograms.Require("setpriv", "util-linux"), "--reuid", id, "--regid", id, "--clear-groups", .. command];
    }

    /// <summary>Makes a file or folder nobody's.</summary>
    public static void Own(string path)
    {
        if (ChangeOwner(path, Nobody, Nobody) != 0) throw new IOException($"chown {path}: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}
