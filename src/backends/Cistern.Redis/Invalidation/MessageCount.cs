namespace Cistern;

/// <summary>
/// Notices messages that did not arrive. The server numbers them by a counter, which has an epoch of its own, so that one that was lost and begun anew is not taken for the old one. Messages may arrive in any
/// order: one counts as lost if it has not arrived from one look at the counter to the next. Safe for concurrent use.
/// </summary>
internal sealed class MessageCount
{
    private readonly Lock _lock = new();

    // Those that arrived before others with lower numbers, or before the first look.
    private readonly HashSet<long> _ahead = [];
    private string? _epoch;
    private bool _isNew = true;
    private bool _isLost;

    // All up to here arrived.
    private long _arrived;

    // Where the counter was at the last look.
    private long _expected;

    /// <summary>Whoever was heard is heard by another connection from now on: what was sent between the two is lost, and numbers may be given again, which the server had forgotten.</summary>
    public void BeginAnew()
    {
        lock (_lock)
        {
            (_isNew, _isLost) = (true, true);
            _ahead.Clear();
        }
    }

    /// <summary>A message arrived.</summary>
    /// <param name="epoch">The epoch of its number.</param>
    /// <param name="number">Its number, from 1.</param>
    public void Note(string epoch, long number)
    {
        lock (_lock)
        {
            if (epoch != _epoch)
            {
                // The counter's first message ever, or the counter was lost, and with it perhaps others'.
                _isLost |= _epoch is not null;
                (_epoch, _arrived, _expected) = (epoch, 0, 0);
                _ahead.Clear();
            }

            if (!_isNew && number <= _arrived) return;
            _ahead.Add(number);
            if (!_isNew) Follow();
        }
    }

    /// <summary>The counter was looked at. True: messages were lost since the last look but one, or may have been.</summary>
    /// <param name="epoch">Its epoch; null: there is no counter.</param>
    /// <param name="number">The number of the last message; 0: there was none.</param>
    public bool Look(string? epoch, long number)
    {
        lock (_lock)
        {
            var isLost = _isLost;
            if (_isNew)
            {
                if (epoch != _epoch) _ahead.Clear();
                _arrived = number;
            }
            else if (epoch != _epoch)
            {
                // Another counter; or the first, whose messages are still to arrive.
                isLost |= _epoch is not null;
                _arrived = isLost ? number : 0;
                _ahead.Clear();
            }
            else if (number < _expected)
            {
                // The server forgot its last numbers, and gives them again.
                isLost = true;
                _arrived = number;
                _ahead.Clear();
            }
            else if (isLost || _arrived < _expected)
            {
                isLost = true;
                _arrived = Math.Max(_arrived, number);
            }

            (_epoch, _expected, _isNew, _isLost) = (epoch, number, false, false);
            _ahead.RemoveWhere(ahead => ahead <= _arrived);
            Follow();
            return isLost;
        }
    }

    private void Follow()
    {
        while (_ahead.Remove(_arrived + 1)) _arrived++;
    }
}
