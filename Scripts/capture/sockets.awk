# Leaves reads, writes and closes of files out of an strace -f log: what a program loads to start is nine tenths of a small capture.
# Halves of calls stay, and so does whatever is on a descriptor that is a socket.
{
    task = $1
    call = $0
    sub(/^[0-9]+ +[^ ]+ /, "", call)
    name = call
    sub(/\(.*/, "", name)
    number = call
    sub(/^[a-z0-9_]+\(/, "", number)
    sub(/[^0-9].*/, "", number)
}
name ~ /^(socket|accept4?)$/ && / = [0-9]+/ {
    made = call
    sub(/.*\) += /, "", made)
    sub(/[^0-9].*/, "", made)
    socket[task, made] = 1
}
name == "socketpair" && match(call, /\[[0-9]+, [0-9]+\]/) {
    split(substr(call, RSTART + 1, RLENGTH - 2), pair, ", ")
    socket[task, pair[1]] = socket[task, pair[2]] = 1
}
name ~ /^(read|readv|write|writev|close|fcntl)$/ && !/unfinished|resumed/ && !((task, number) in socket) { next }
name == "close" { delete socket[task, number] }
{ print }
