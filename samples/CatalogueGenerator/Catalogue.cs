using System.Globalization;

namespace Samples;

/// <summary>Invented products of a shop for the kitchen, in the order of their numbers.</summary>
internal sealed class Catalogue
{
    private static readonly string[] Materials = ["Steel", "Copper", "Glass", "Oak", "Clay", "Iron", "Linen", "Slate"];
    private static readonly string[] Things = ["Kettle", "Teapot", "Cup", "Saucer", "Spoon", "Pan", "Bowl", "Jug", "Tray", "Mill", "Board", "Jar"];

    private readonly Product[] _products;

    public Catalogue(int products, int seed)
    {
        var random = new Random(seed);
        _products = [.. Enumerable.Range(1, products).Select(number => new Product(
            string.Create(CultureInfo.InvariantCulture, $"sku-{number:D5}"),
            $"{Materials[random.Next(Materials.Length)]} {Things[random.Next(Things.Length)]}",
            random.Next(150, 20_000),
            random.Next(0, 500)))];
    }

    /// <summary>How many products there are.</summary>
    public int Count => _products.Length;

    /// <summary>The key of a product, by its place.</summary>
    public string KeyAt(int index) => _products[index].Key;

    /// <summary>One object a line, with the fields <c>key</c> and <c>value</c>.</summary>
    public IEnumerable<string> JsonLines() => _products.Select(product => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"key":"{{{product.Key}}}","value":{"name":"{{{product.Name}}}","cents":{{{product.Cents}}},"stock":{{{product.Stock}}}}}"""));

    /// <summary>The same products as rows, under a header.</summary>
    public IEnumerable<string> Csv() => _products
        .Select(product => string.Create(CultureInfo.InvariantCulture, $"{product.Key},{product.Name},{product.Cents},{product.Stock}"))
        .Prepend("key,name,cents,stock");

    private sealed record Product(string Key, string Name, int Cents, int Stock);
}
