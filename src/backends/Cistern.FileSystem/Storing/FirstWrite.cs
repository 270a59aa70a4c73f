namespace Cistern;

/// <summary>What the first write after opening has to do before it: what is found at opening is read, and left as it is until then.</summary>
internal enum FirstWrite
{
    /// <summary>A journal is started: snapshot and sidecar hold everything. Also once there is a journal.</summary>
    StartsJournal,

    /// <summary>A new snapshot is written: the one that is there has no sidecar, or is damaged.</summary>
    Folds,

    /// <summary>A new snapshot is written: a journal was left, which is never appended to again. Closing folds it, too, though nothing was written.</summary>
    FoldsOldJournal,
}
