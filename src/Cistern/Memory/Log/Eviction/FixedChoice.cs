namespace Cistern;

/// <summary>Always the same rule.</summary>
internal sealed class FixedChoice(EvictionRule rule) : EvictionChoice
{
    public override EvictionRule Rule => rule;
}
