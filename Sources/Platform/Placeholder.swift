import Logging
// Platform
import NIOCore
import NIOHTTP1
import NIOPosix
