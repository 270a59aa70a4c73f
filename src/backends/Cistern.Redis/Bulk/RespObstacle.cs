namespace Cistern;

/// <summary>Why a connection of our own could not be made.</summary>
internal enum RespObstacle
{
    /// <summary>Nobody is there.</summary>
    Nobody,

    /// <summary>Somebody is there who is no Redis server.</summary>
    NoRedis,

    /// <summary>The server does not accept the password, or wants one.</summary>
    Password,

    /// <summary>We do not trust the server's certificate.</summary>
    Certificate,

    /// <summary>The server does not have the database.</summary>
    Database,

    /// <summary>The connection ended without a word: the network broke, or the server wants a certificate of ours.</summary>
    Broken,

    /// <summary>The server says something else: it has no room now, perhaps.</summary>
    Other,
}
