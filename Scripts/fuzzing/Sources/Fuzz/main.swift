import CFuzzer
import Glibc

// usage: fuzz TARGET [libFuzzer options and folders]; without arguments, the names of the targets with their longest inputs.
guard CommandLine.argc > 1 else {
  for target in FuzzTarget.all { print(target.name, target.longest) }
  exit(0)
}
guard let target = FuzzTarget.all.first(where: { $0.name == CommandLine.arguments[1] }) else {
  print("fuzz: there is no target \(CommandLine.arguments[1])")
  exit(2)
}
FuzzTarget.current = target

// libFuzzer sees the arguments without the target's name.
var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.enumerated().filter { $0.offset != 1 }.map {
  strdup($0.element)
}
arguments.append(nil)
let status = arguments.withUnsafeMutableBufferPointer { buffer -> Int32 in
  var count = Int32(buffer.count - 1)
  var base = buffer.baseAddress
  return LLVMFuzzerRunDriver(&count, &base) { data, size in
    FuzzTarget.current.run(UnsafeRawBufferPointer(start: data, count: size))
    return 0
  }
}
exit(status)
