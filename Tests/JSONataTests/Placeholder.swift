import Core
import Testing
@testable import JSONata
