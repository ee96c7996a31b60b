"""Peers that run on a JVM: fetched by Maven and compiled once, below the benchmarks' data and never in the tree."""

import json
import shutil
import subprocess

from measuring import HOUSE, run

SOURCES = HOUSE / "bench" / "peers" / "jvm"
# What Flink asks of a JVM of this version (its documentation, "Java compatibility").
OPENS = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in
         ("java.lang", "java.net", "java.nio", "java.time", "java.util", "java.util.concurrent", "sun.nio.ch")]


class Jvm:
    """`None` from `ready()`: there is no Maven or compiler here."""

    def __init__(self, data):
        self.home = data / "jvm"

    @classmethod
    def ready(cls, data):
        if not all(shutil.which(command) for command in ("mvn", "javac", "java")):
            return None
        made = cls(data)
        jars, classes = made.home / "jars", made.home / "classes"
        if not jars.exists():
            partial = made.home / "jars.partial"
            shutil.rmtree(partial, ignore_errors=True)
            subprocess.run(["mvn", "-q", "-B", "-f", SOURCES / "pom.xml", "dependency:copy-dependencies",
                            "-DincludeScope=runtime", f"-DoutputDirectory={partial}"], check=True, capture_output=True)
            partial.rename(jars)
        shutil.rmtree(classes, ignore_errors=True)
        subprocess.run(["javac", "-proc:none", "--release", "17", "-cp", f"{jars}/*", "-d", classes,
                        *SOURCES.glob("*.java")], check=True)
        return made

    def run(self, peer, *arguments):
        """-> (what it printed last, its peak in MiB)"""
        output = self.home / f"{peer}.out"
        command = ["java", *OPENS, "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-Xmx2g", "-cp",
                   f"{self.home}/classes:{self.home}/jars/*", f"peer.{peer}", *map(str, arguments)]
        _, peak_mib = run(command, output)
        return json.loads(output.read_text().splitlines()[-1]), peak_mib
