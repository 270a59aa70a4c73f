namespace Cistern;

/// <summary>Is told by an <see cref="IInvalidationChannel"/> what others changed. Never throws, also when it is told after its end. Safe for concurrent use.</summary>
public interface IInvalidationListener
{
    /// <summary>Others changed keys.</summary>
    /// <param name="keys">The keys.</param>
    ValueTask OnChangedAsync(IReadOnlyCollection<string> keys);

    /// <summary>Others may have changed every key.</summary>
    ValueTask OnAllChangedAsync();

    /// <summary>Messages were lost, or may have been: nobody knows which keys changed.</summary>
    ValueTask OnMessagesLostAsync();
}
