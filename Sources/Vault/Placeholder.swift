// Vault
import Crypto
