#!/usr/bin/env python3
"""./run as a newcomer meets it: with the development binaries, a small company and ports of its own."""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

PROJECT, PRESET = sys.argv[1], sys.argv[2]
CUSTOMERS = 40


def free_ports():
    """A gateway port whose followers (services +1 to +3, metrics +10 to +13) are free, too."""
    for port in range(21000, 60000, 20):
        try:
            for offset in (0, 1, 2, 3, 10, 11, 12, 13):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
        except OSError:
            continue
        return port
    raise RuntimeError("no free ports")


class Run:
    """One ./run, whose output is read as it comes."""

    def __init__(self, *arguments):
        self.output = ""
        self.process = subprocess.Popen(
            [f"{PROJECT}/run", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True, env={**os.environ, "CLIENTELE_PRESET": PRESET, "NO_COLOR": "1"})

    def read_until(self, text):
        for line in self.process.stdout:
            self.output += line
            if text in line:
                return
        raise AssertionError(f"./run ended with {self.process.wait()} before it said {text!r}:\n{self.output}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        self.output += rest
        return self.process.returncode


class RunTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="clientele-run-")
        cls.data = cls.folder.name + "/data"
        cls.port = free_ports()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_it(self, *arguments):
        run = Run("--port", str(self.port), "--data-folder", self.data, *arguments)
        self.addCleanup(run.stop)
        return run

    def get(self, path):
        with open(self.data + "/keys/administrator.token", encoding="ascii") as token:
            headers = {"authorization": "Bearer " + token.read().strip()}
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.read().decode()

    def pids(self):
        found = {}
        for name in ("customer-svc", "lifecycle-svc", "value-svc", "gateway"):
            with open(f"{self.data}/pids/{name}", encoding="ascii") as pid:
                found[name] = int(pid.read())
        return found

    def test_1_a_first_run_shows_a_company_and_ctrl_c_ends_all(self):
        run = self.run_it("--customers", str(CUSTOMERS))
        run.read_until("Ctrl-C stops everything")
        for text in ("Customer funnel", "Repurchase", "Customer value pyramid", "Inactive", f"http://127.0.0.1:{self.port}/"):
            self.assertIn(text, run.output)
        self.assertIn("<html", self.get("/console/").lower())
        customers = json.loads(self.get("/v1/customers?pageSize=1000"))["customers"]
        self.assertEqual(len(customers), CUSTOMERS)
        pids = self.pids()

        second = self.run_it()
        self.assertEqual(second.process.wait(), 1)
        second.stop()
        self.assertIn("already runs", second.output)

        self.assertEqual(run.stop(), 130, run.output)
        self.assertIn("Stopped. The data is kept", run.output)
        for name, pid in pids.items():
            self.assertFalse(os.path.exists(f"/proc/{pid}"), name)

    def test_2_a_second_run_keeps_its_data_and_is_quick(self):
        start = time.monotonic()
        run = self.run_it()
        run.read_until("Ctrl-C stops everything")
        self.assertIn(f"The sample company of {CUSTOMERS} customers is there", run.output)
        self.assertNotIn("Importing", run.output)
        self.assertEqual(len(json.loads(self.get("/v1/customers?pageSize=1000"))["customers"]), CUSTOMERS)

        # A process that ends by itself is told, with its log, and takes the others along.
        os.kill(self.pids()["value-svc"], signal.SIGKILL)
        self.assertEqual(run.process.wait(timeout=60), 1)
        run.stop()
        self.assertRegex(run.output, r"value-svc ended by itself \(status 137\)")
        print(f"second run: {time.monotonic() - start:.1f} s in all")

    def test_3_what_is_in_the_way_is_told(self):
        with socket.socket() as taken:
            # What ran there a moment ago has connections that are not forgotten yet.
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", self.port + 2))
            taken.listen()
            run = self.run_it()
            self.assertEqual(run.process.wait(timeout=60), 1)
            run.stop()
            self.assertIn(f"port {self.port + 2} is taken", run.output)
            self.assertIn(f"./run --port {self.port + 100}", run.output)
        for arguments, text in ((("--customers", "0"), "--customers takes a number"),
                                (("--colour",), "there is no option --colour"),
                                (("--mysql-address", "127.0.0.1:1"), "the database at 127.0.0.1:1 cannot be used"),
                                (("--mysql-address", "nowhere"), "--mysql-address takes HOST:PORT"),
                                (("--data-folder", PROJECT), "is not a data folder")):
            run = self.run_it(*arguments)
            self.assertEqual(run.process.wait(timeout=60), 1, arguments)
            run.stop()
            self.assertIn(text, run.output)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
