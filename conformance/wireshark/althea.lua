-- SPDX-License-Identifier: GPL-2.0-only
--
-- Althea's extensions of Babel for Wireshark and tshark, beside their own dissector for Babel.
--
--   tshark -X lua_script:althea.lua -r CAPTURE
--   tshark -X lua_script:althea.lua -o althea.profile:althea-2018 -r CAPTURE
--   tshark -X lua_script:althea.lua -d udp.port==9999,althea_tunnel -r CAPTURE
--
-- Nothing on the wire names the profile, so it is a preference.  In profile "althea" a packet without a price, a
-- path or a price unit is left to Babel alone; in "althea-2018" Babel is shown the Updates without their prices,
-- and its own part of the window has them; with "rfc8966" nothing is added at all.

local althea = Proto("althea", "Althea's extensions of Babel")
local tunnel = Proto("althea_tunnel", "Althea's probes in a tunnel")

local PORT = 6696
local RFC8966, ALTHEA, ALTHEA_2018 = 0, 1, 2

althea.prefs.profile = Pref.enum(
  "Profile",
  ALTHEA,
  "How Updates say their price",
  { { 1, "rfc8966", RFC8966 }, { 2, "althea", ALTHEA }, { 3, "althea-2018", ALTHEA_2018 } },
  false
)

local NOT_FOR_SALE = { [2] = 0xFFFF, [4] = 0xFFFFFFFF }
local ADDRESS_OCTETS = { [1] = 4, [2] = 16, [3] = 16 }
local IMPLIED_OCTETS = { [3] = 8 }
local LINK_LOCAL = "fe80000000000000"

-- fields -------------------------------------------------------------------------------------------------------

local fields = {
  hello = ProtoField.none("althea.hello", "Hello"),
  update = ProtoField.none("althea.update", "Update"),
  index = ProtoField.uint32("althea.index", "Place in the body", base.DEC),
  prefix = ProtoField.string("althea.prefix", "Prefix"),
  price = ProtoField.uint32("althea.price", "Price", base.DEC),
  not_for_sale = ProtoField.bool("althea.not_for_sale", "Not for sale"),
  path_rtt = ProtoField.uint32("althea.path_rtt", "Path RTT (microseconds)", base.DEC),
  path_delivery = ProtoField.uint16("althea.path_delivery", "Path delivery (65535ths)", base.DEC),
  unit_octets = ProtoField.uint64("althea.unit.octets", "A price is for so many octets", base.DEC),
  unit_currency = ProtoField.uint16("althea.unit.currency", "Currency", base.DEC),
  odd = ProtoField.bytes("althea.odd", "Not two, four or ten octets"),
}
local remote = {
  hello = ProtoField.none("althea_tunnel.hello", "Remote Hello"),
  ihu = ProtoField.none("althea_tunnel.ihu", "Remote IHU"),
  other = ProtoField.bytes("althea_tunnel.other", "Not read"),
  index = ProtoField.uint32("althea_tunnel.index", "Place in the sequence", base.DEC),
  route = ProtoField.uint16("althea_tunnel.route", "Route", base.DEC),
  seqno = ProtoField.uint16("althea_tunnel.seqno", "Seqno", base.DEC),
  interval = ProtoField.uint16("althea_tunnel.interval", "Interval (centiseconds)", base.DEC),
  received = ProtoField.uint16("althea_tunnel.received", "Received", base.DEC),
  window = ProtoField.uint16("althea_tunnel.window", "Window", base.DEC),
  through = ProtoField.bytes("althea_tunnel.through", "Interface identifier of the neighbour"),
  origin = ProtoField.uint32("althea_tunnel.origin", "Origin timestamp (microseconds)", base.DEC),
  receive = ProtoField.uint32("althea_tunnel.receive", "Receive timestamp (microseconds)", base.DEC),
  transmit = ProtoField.uint32("althea_tunnel.transmit", "Transmit timestamp (microseconds)", base.DEC),
  path_rtt = ProtoField.uint32("althea_tunnel.return_rtt", "Return path RTT (microseconds)", base.DEC),
  path_delivery = ProtoField.uint16("althea_tunnel.return_delivery", "Return path delivery (65535ths)", base.DEC),
  odd = ProtoField.bytes("althea_tunnel.odd", "Not two or four octets"),
}
althea.fields = fields
tunnel.fields = remote

local odd_length = ProtoExpert.new("althea.odd_length", "Length of an extension", expert.group.MALFORMED, expert.severity.WARN)
althea.experts = { odd_length }

-- framing ------------------------------------------------------------------------------------------------------

-- The TLVs or sub-TLVs between two offsets, as { type, first octet, length of the body }; what cannot be framed is left.
local function framed(tvb, start, finish)
  local found, offset = {}, start
  while offset < finish do
    local kind = tvb(offset, 1):uint()
    if kind == 0 then
      found[#found + 1] = { type = 0, start = offset, body = offset + 1, octets = 0 }
      offset = offset + 1
    else
      if offset + 2 > finish then
        return found, offset
      end
      local octets = tvb(offset + 1, 1):uint()
      if offset + 2 + octets > finish then
        return found, offset
      end
      found[#found + 1] = { type = kind, start = offset, body = offset + 2, octets = octets }
      offset = offset + 2 + octets
    end
  end
  return found, nil
end

local function whole(tvb, one)
  return tvb(one.start, one.body - one.start + one.octets)
end

-- prefixes -----------------------------------------------------------------------------------------------------

-- Octets of the Prefix field without the omitted ones; nil where the encoding has no such prefix.
local function prefix_octets(encoding, bits, omitted)
  local size, implied = ADDRESS_OCTETS[encoding], IMPLIED_OCTETS[encoding] or 0
  if encoding == 0 then
    return bits == 0 and omitted == 0 and 0 or nil
  end
  if size == nil or bits > 8 * size or bits < 8 * implied then
    return nil
  end
  local octets = math.ceil(bits / 8) - implied - omitted
  if octets < 0 or (implied > 0 and omitted > 0) then
    return nil
  end
  return octets
end

-- Hexadecimal digits of the whole address, without bits beyond its length.
local function masked(hex, size, bits)
  local address = {}
  for place = 0, size - 1 do
    local octet = tonumber(hex:sub(2 * place + 1, 2 * place + 2), 16) or 0
    local kept = math.max(0, math.min(8, bits - 8 * place))
    address[#address + 1] = string.format("%02x", bit.band(octet, 0x100 - 2 ^ (8 - kept)))
  end
  return table.concat(address)
end

-- Eight groups of an IPv6 address with the longest run of zeros left out, the first of several (RFC 5952).
local function compressed(groups)
  local longest, start, run = 1, nil, 0
  for place = 1, 9 do
    if groups[place] == "0" then
      run = run + 1
    else
      if run > longest then
        longest, start = run, place - run
      end
      run = 0
    end
  end
  if start == nil then
    return table.concat(groups, ":")
  end
  return table.concat(groups, ":", 1, start - 1) .. "::" .. table.concat(groups, ":", start + longest, 8)
end

local function text_of(hex, encoding, bits)
  if encoding == 1 then
    local octets = {}
    for place = 1, 8, 2 do
      octets[#octets + 1] = tonumber(hex:sub(place, place + 1), 16)
    end
    return table.concat(octets, ".") .. "/" .. bits
  end
  local groups = {}
  for place = 1, 32, 4 do
    groups[#groups + 1] = string.format("%x", tonumber(hex:sub(place, place + 3), 16))
  end
  return compressed(groups) .. "/" .. bits
end

-- The prefix of an Update whose fields start at `body`, nil where it has none; keeps the default prefixes.
local function prefix_of(tvb, update, defaults)
  local bits, omitted = update.bits, update.omitted
  local hex = update.prefix_octets > 0 and tostring(tvb(update.prefix, update.prefix_octets):bytes()):lower() or ""
  if update.encoding == 0 then
    return nil
  end
  if update.encoding == 3 then
    hex = LINK_LOCAL .. hex
  elseif omitted > 0 then
    if defaults[update.encoding] == nil then
      return nil
    end
    hex = defaults[update.encoding]:sub(1, 2 * omitted) .. hex
  end
  local address = masked(hex, ADDRESS_OCTETS[update.encoding], bits)
  if bit.band(update.flags, 0x80) ~= 0 and update.encoding ~= 3 then
    defaults[update.encoding] = address
  end
  return text_of(address, update.encoding, bits)
end

-- The fields of an Update in a layout; nil where it is too short for them or has an impossible prefix.
local function read_update(tvb, one, profile)
  if one.octets < 10 then
    return nil
  end
  local update = {
    encoding = tvb(one.body, 1):uint(),
    flags = tvb(one.body + 1, 1):uint(),
    bits = tvb(one.body + 2, 1):uint(),
    omitted = tvb(one.body + 3, 1):uint(),
    prefix = one.body + 10,
  }
  if profile == ALTHEA_2018 and update.encoding ~= 0 then
    update.price = update.prefix
    update.prefix = update.prefix + 4
  end
  update.prefix_octets = prefix_octets(update.encoding, update.bits, update.omitted)
  if update.prefix_octets == nil then
    return nil
  end
  update.sub_tlvs = update.prefix + update.prefix_octets
  update.finish = one.body + one.octets
  return update.sub_tlvs <= update.finish and update or nil
end

-- what is shown ------------------------------------------------------------------------------------------------

local function add_price(tree, range)
  local price = range:uint()
  tree:add(fields.price, range)
  if price == NOT_FOR_SALE[range:len()] then
    tree:add(fields.not_for_sale, range, true):set_generated()
    return "not for sale"
  end
  return "price " .. price
end

local function add_odd(tree, field, tvb, one)
  local item = tree:add(field, whole(tvb, one))
  item:add_proto_expert_info(odd_length, "expected another length")
  return "odd sub-TLV " .. one.type
end

-- Each shows one sub-TLV that has the right length, and says it in words.
local SHOWN = {
  [250] = function(tree, range)
    return add_price(tree, range)
  end,
  [120] = function(tree, range, names)
    tree:add(names.path_rtt, range(0, 4))
    return "path RTT " .. range(0, 4):uint() .. " us"
  end,
  [122] = function(tree, range, names)
    tree:add(names.path_delivery, range(0, 2))
    return string.format("delivery %.2f %%", range(0, 2):uint() / 655.35)
  end,
  [121] = function(tree, range)
    tree:add(fields.unit_octets, range(0, 8))
    tree:add(fields.unit_currency, range(8, 2))
    return "price unit"
  end,
}
SHOWN[45] = SHOWN[120]
local EXACT, LEAST = { [250] = 2, [121] = 10 }, { [120] = 4, [122] = 2, [45] = 4 }

local UPDATE_TYPES = {
  [ALTHEA] = { [250] = true, [120] = true, [122] = true },
  [ALTHEA_2018] = { [45] = true },
}
local HELLO_TYPES = { [ALTHEA] = { [121] = true }, [ALTHEA_2018] = {} }
local IHU_TYPES = { [120] = true, [122] = true }

-- Shows the sub-TLVs of some types; the line above them gets the words.
local function add_sub_tlvs(tree, tvb, start, finish, types, names, words)
  for _, one in ipairs(framed(tvb, start, finish)) do
    if types[one.type] then
      local right = one.octets == EXACT[one.type] or one.octets >= (LEAST[one.type] or 256)
      if right then
        words[#words + 1] = SHOWN[one.type](tree, tvb(one.body, one.octets), names)
      else
        words[#words + 1] = add_odd(tree, names.odd, tvb, one)
      end
    end
  end
end

local function has_any(tvb, start, finish, types)
  for _, one in ipairs(framed(tvb, start, finish)) do
    if types[one.type] then
      return true
    end
  end
  return false
end

local function add_update(tree, tvb, one, index, update, prefix, profile)
  local item = tree:add(fields.update, whole(tvb, one))
  item:add(fields.index, tvb(one.start, 1), index):set_generated()
  local words = {}
  if prefix ~= nil then
    item:add(fields.prefix, tvb(one.start, 1), prefix):set_generated()
    words[#words + 1] = prefix
  end
  if update.price ~= nil then
    words[#words + 1] = add_price(item, tvb(update.price, 4))
  end
  add_sub_tlvs(item, tvb, update.sub_tlvs, update.finish, UPDATE_TYPES[profile], fields, words)
  item:append_text(": " .. table.concat(words, ", "))
end

local function add_hello(tree, tvb, one, index, profile)
  local item = tree:add(fields.hello, whole(tvb, one))
  item:add(fields.index, tvb(one.start, 1), index):set_generated()
  add_sub_tlvs(item, tvb, one.body + 6, one.body + one.octets, HELLO_TYPES[profile], fields, {})
end

local HELLO_FIELDS = { { "route", 0, 2 }, { "seqno", 2, 2 }, { "interval", 4, 2 }, { "through", 6, 8 }, { "transmit", 14, 4 } }
local IHU_FIELDS = {
  { "route", 0, 2 },
  { "seqno", 2, 2 },
  { "received", 4, 2 },
  { "window", 6, 2 },
  { "through", 8, 8 },
  { "origin", 16, 4 },
  { "receive", 20, 4 },
  { "transmit", 24, 4 },
}
local REMOTE = {
  [240] = { field = remote.hello, parts = HELLO_FIELDS, octets = 18, types = {} },
  [241] = { field = remote.ihu, parts = IHU_FIELDS, octets = 28, types = IHU_TYPES },
}

-- A Remote Hello or a Remote IHU; whether it was one.
local function add_remote(tree, tvb, one, index)
  local shape = REMOTE[one.type]
  if shape == nil or one.octets < shape.octets then
    return false
  end
  local item = tree:add(shape.field, whole(tvb, one))
  item:add(remote.index, tvb(one.start, 1), index):set_generated()
  for _, part in ipairs(shape.parts) do
    item:add(remote[part[1]], tvb(one.body + part[2], part[3]))
  end
  add_sub_tlvs(item, tvb, one.body + shape.octets, one.body + one.octets, shape.types, remote, {})
  return true
end

-- Everything that the extensions say in a body.  A probe has no meaning there; but captures of ours show what went
-- through a tunnel as if it had come in a packet.
local function add_extensions(tvb, tlvs, tree, profile)
  local own, defaults = nil, {}
  local function branch()
    own = own or tree:add(althea, tvb())
    return own
  end
  for index, one in ipairs(tlvs) do
    local finish = one.body + one.octets
    if one.type == 8 then
      local update = read_update(tvb, one, profile)
      if update ~= nil then
        local prefix = prefix_of(tvb, update, defaults)
        if update.price ~= nil or has_any(tvb, update.sub_tlvs, finish, UPDATE_TYPES[profile]) then
          add_update(branch(), tvb, one, index - 1, update, prefix, profile)
        end
      end
    elseif one.type == 4 and one.octets >= 6 and has_any(tvb, one.body + 6, finish, HELLO_TYPES[profile]) then
      add_hello(branch(), tvb, one, index - 1, profile)
    elseif profile == ALTHEA and REMOTE[one.type] ~= nil and one.octets >= REMOTE[one.type].octets then
      add_remote(branch(), tvb, one, index - 1)
    end
  end
end

-- The packet as plain Babel would write it: the prices of 2018 are taken out.  nil when there is none.
local function without_prices(tvb, tlvs, finish)
  local body, removed = ByteArray.new(), 0
  local done = 4
  for _, one in ipairs(tlvs) do
    local update = one.type == 8 and read_update(tvb, one, ALTHEA_2018)
    if update and update.price ~= nil then
      if one.start > done then
        body:append(tvb(done, one.start - done):bytes())
      end
      body:append(ByteArray.new(string.format("08%02x", one.octets - 4)))
      body:append(tvb(one.body, 10):bytes())
      if update.finish > update.prefix then
        body:append(tvb(update.prefix, update.finish - update.prefix):bytes())
      end
      done = update.finish
      removed = removed + 4
    end
  end
  if removed == 0 then
    return nil
  end
  if tvb:len() > done then
    body:append(tvb(done, tvb:len() - done):bytes())
  end
  local packet = ByteArray.new(string.format("2a02%04x", finish - 4 - removed))
  packet:append(body)
  return packet
end

-- packets ------------------------------------------------------------------------------------------------------

local babel = DissectorTable.get("udp.port"):get_dissector(PORT)

-- Where Babel gives up on a packet it says so in the tree by itself; what we can read is shown all the same.
local function call_babel(tvb, pinfo, tree)
  if babel ~= nil then
    pcall(babel.call, babel, tvb, pinfo, tree)
  end
  return tvb:len()
end

function althea.dissector(tvb, pinfo, tree)
  local profile = althea.prefs.profile
  local readable = tvb:len() >= 4 and tvb(0, 2):uint() == 0x2A02 and 4 + tvb(2, 2):uint() <= tvb:len()
  if profile == RFC8966 or not readable then
    return call_babel(tvb, pinfo, tree)
  end
  local finish = 4 + tvb(2, 2):uint()
  local tlvs = framed(tvb, 4, finish)
  local plain = profile == ALTHEA_2018 and without_prices(tvb, tlvs, finish) or nil
  if plain ~= nil then
    call_babel(plain:tvb("Babel without the prices"), pinfo, tree)
  else
    call_babel(tvb, pinfo, tree)
  end
  add_extensions(tvb, tlvs, tree, profile)
  return tvb:len()
end

DissectorTable.get("udp.port"):add(PORT, althea)

-- tunnels ------------------------------------------------------------------------------------------------------

function tunnel.dissector(tvb, pinfo, tree)
  pinfo.cols.protocol = "Althea tunnel"
  local own = tree:add(tunnel, tvb())
  local tlvs, rest = framed(tvb, 0, tvb:len())
  for index, one in ipairs(tlvs) do
    if not add_remote(own, tvb, one, index - 1) and one.type > 1 then
      own:add(remote.other, whole(tvb, one))
    end
  end
  if rest ~= nil then
    own:add(remote.other, tvb(rest, tvb:len() - rest))
  end
  return tvb:len()
end

DissectorTable.get("udp.port"):add_for_decode_as(tunnel)
