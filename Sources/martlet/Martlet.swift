import ArgumentParser
import Yams

@main struct Martlet: ParsableCommand {}
