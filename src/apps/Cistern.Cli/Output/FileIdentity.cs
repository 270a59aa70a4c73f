namespace Cistern.Cli;

/// <summary>A file itself, whatever its names.</summary>
/// <param name="Device">The device it is on.</param>
/// <param name="Number">Its inode there.</param>
/// <param name="Mode">Its type and permissions, as <c>stat</c> has them.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Number, ushort Mode)
{
    private const ushort TypeMask = 0xF000;
    private const ushort Regular = 0x8000;
    private const ushort Folder = 0x4000;
    private const ushort CharacterDevice = 0x2000;

    public bool IsFolder => (Mode & TypeMask) == Folder;

    public bool IsRegular => (Mode & TypeMask) == Regular;

    public bool IsCharacterDevice => (Mode & TypeMask) == CharacterDevice;

    public bool IsSame(FileIdentity other) => Device == other.Device && Number == other.Number;
}
