using Cistern.Tests;

return args switch
{
    ["mixed", var path, var worker, var operations] => MixedWork.Run(path, int.Parse(worker), int.Parse(operations)),
    ["bounded", var path, var worker, var operations] => BoundedWork.Run(path, int.Parse(worker), int.Parse(operations)),
    ["acknowledge", var path, var from, var durability] => AcknowledgedWork.Run(path, long.Parse(from), durability),
    _ => 2,
};
