/// The tools that a bootstrap written as a shell script may count on, as far as the host has them.
enum ShellTools {
    static let names = """
        sh dash bash [ awk base64 basename cat chmod cksum cmp comm cp curl cut date dd df diff dirname du echo env \
        expr false find fold getopt grep egrep fgrep gzip gunzip zcat head hostname id jq ln ls md5sum mkdir mkfifo \
        mktemp mv nl nproc numfmt od paste printenv printf ps pwd readlink realpath rm rmdir sed seq sha1sum sha256sum \
        sha512sum shuf sleep sort split stat stty tac tail tar tee test timeout touch tr true truncate tty uname uniq \
        unlink wc which whoami xargs yes
        """.split(separator: " ").map(String.init)
}
