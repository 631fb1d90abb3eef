import { expect, it } from "vitest";
import { addressBehindProxies, clientFromName, LONGEST_NAME } from "../../../worker/service/context.ts";

it.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0DB8:0001:0002:ffff::1", "2001:db8:1:2"],
  ["2001:db8:1:2::", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8::2:3:4:5", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["::", "0:0:0:0"],
])("%s belongs to the client %s", (address, client) => {
  expect(clientFromName(addressBehindProxies(address, 1))).toBe(client);
  expect(clientFromName(address)).toBe(client);
});

it.each([undefined, "", "made-up", "1.2.3.4.5", "2001:db8::1%eth0", `${"0".repeat(46)}:`, "x".repeat(100_000)])(
  "a value that is not an address belongs to the one client without a name: %s",
  (address) => {
    expect(addressBehindProxies(address, 1)).toBe("");
  },
);

it("applications name clients as they like: a name that is not an address stays as it is, and long names stay different in few bytes", () => {
  expect(["alice", "user:42:7:8:9", ""].map(clientFromName)).toEqual(["alice", "user:42:7:8:9", ""]);
  const [one, other] = ["1", "2"].map((end) => clientFromName("x".repeat(100_000) + end));
  expect(one).not.toBe(other);
  expect([one.length, other.length]).toEqual([LONGEST_NAME, LONGEST_NAME]);
});
