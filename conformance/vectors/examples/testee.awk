#!/usr/bin/awk -f
# SPDX-License-Identifier: GPL-2.0-only
#
# A program that answers vectors, in the awk of Debian's base system, to show how little it takes:
#
#   althea-spec vectors run --testee 'awk -W interactive -f conformance/vectors/examples/testee.awk'
#
# A question is a line such as
#   {"id": "seqno/less/grid-1", "function": "routing.seqno.less", "arguments": {"first": 0, "second": 1}}
# and the answer to it is {"result": true}.  What is not known here is answered by {"error": "unsupported"}.
# (mawk reads ahead without -W interactive; gawk and busybox need no option.)

# The text of a field of the question; "" where there is none.  Numbers, truths, null and plain texts only.
function field(name,    at, rest) {
    at = index(line, "\"" name "\":")
    if (at == 0) { missing = 1; return "" }
    rest = substr(line, at + length(name) + 3)
    sub(/^ +/, "", rest)
    if (substr(rest, 1, 1) == "\"") { rest = substr(rest, 2); sub(/".*/, "", rest); return rest }
    sub(/[,}\]].*/, "", rest)
    return rest
}

# A number of the question.
function number(name,    text) {
    text = field(name)
    if (text !~ /^-?[0-9]+$/) missing = 1
    return text + 0
}

# Reads the object of this name: its seqno and metric.  Returns 0 where it is null.
function distance(name,    whole, at) {
    whole = line
    at = index(line, "\"" name "\":")
    if (at == 0) { missing = 1; return 0 }
    line = substr(line, at + length(name) + 3)
    sub(/^ +/, "", line)
    if (line ~ /^null/) { line = whole; return 0 }
    sub(/}.*/, "}", line)
    seqno[name] = number("seqno")
    metric[name] = number("metric")
    line = whole
    return 1
}

function wrapped(value, modulus) { value %= modulus; return value < 0 ? value + modulus : value }
function is_less(first, second,    gap) { gap = wrapped(second - first, 65536); return gap > 0 && gap < 32768 }
function truth(value) { return value ? "true" : "false" }
function least(first, second) { return first < second ? first : second }

function is_better(first, second) {
    if (is_less(seqno[second], seqno[first])) return 1
    return seqno[first] == seqno[second] && metric[first] < metric[second]
}

function shown(name) { return sprintf("{\"seqno\": %d, \"metric\": %d}", seqno[name], metric[name]) }

function is_feasible(    known) {
    distance("offered"); known = distance("feasibility")
    return truth(metric["offered"] == 65535 || !known || is_better("offered", "feasibility"))
}

function after_sending(    known) {
    distance("sent"); known = distance("feasibility")
    return shown(!known || is_better("sent", "feasibility") ? "sent" : "feasibility")
}

function through(    cost, advertised) {
    cost = number("cost"); advertised = number("advertised")
    return least(cost + advertised, 65535)
}

function onward(    asked, own, most) {
    most = field("profile") == "althea" ? 65535 : field("profile") == "althea-2018" ? 4294967295 : -1
    asked = field("asked"); own = number("own")
    return most < 0 ? "null" : sprintf("%.0f", least((asked == "null" ? 0 : asked + 0) + own, most))
}

function answer(name) {
    if (name == "routing.seqno.less") return truth(is_less(number("first"), number("second")))
    if (name == "routing.seqno.plus") return wrapped(number("seqno") + number("steps"), 65536)
    if (name == "routing.seqno.difference") {
        return wrapped(number("later") - number("earlier") + 32768, 65536) - 32768
    }
    if (name == "routing.feasibility.is_better") {
        distance("first"); distance("second")
        return truth(is_better("first", "second"))
    }
    if (name == "routing.feasibility.is_feasible") return is_feasible()
    if (name == "routing.feasibility.after_sending") return after_sending()
    if (name == "routing.metric.through") return through()
    if (name == "routing.price.onward") return onward()
    return ""
}

{
    line = $0
    name = field("function")
    sub(/.*"arguments": */, "", line)
    missing = 0
    said = answer(name)
    if (said == "") print "{\"error\": \"unsupported\"}"
    else if (missing) print "{\"error\": \"malformed\"}"
    else print "{\"result\": " said "}"
    fflush()
}
