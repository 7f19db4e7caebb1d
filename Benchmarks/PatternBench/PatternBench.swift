@main struct PatternBench { static func main() {} }
