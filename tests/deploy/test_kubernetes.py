"""The Kubernetes set: against the schemas of two releases of Kubernetes, within itself, and against the program."""

import re
import unittest
from pathlib import Path

import kubernetes_validate
import yaml
from deployed import DEPLOY, MEMORY_BESIDE, Image, WithServer, bytes_of, documents, serve_faults, variables_of

FOLDER = DEPLOY / "kubernetes"
RELEASES = ("1.30", "1.37")  # the oldest that kustomization.yml promises, and the newest that there is a schema of
SECONDS_AFTER_DRAIN = 20
BESIDE = {"prometheus-adapter.yml"}  # of the cluster, not of the set


class Set(WithServer):
    def setUp(self):
        self.kustomization = yaml.safe_load((FOLDER / "kustomization.yml").read_text())
        self.resources = [one for name in self.kustomization["resources"] for one in documents(FOLDER / name)]
        self.settings = variables_of(FOLDER / "weir.env")  # of all nodes
        self.nodes = self.only("StatefulSet")
        self.pod = self.nodes["spec"]["template"]["spec"]
        (self.container,) = self.pod["containers"]
        self.labels = self.nodes["spec"]["template"]["metadata"]["labels"]

    def only(self, kind, name="weir"):
        (found,) = [one for one in self.resources if one["kind"] == kind and one["metadata"]["name"] == name]
        return found

    def test_every_resource_is_what_kubernetes_says(self):
        for release in RELEASES:
            for one in self.resources:
                with self.subTest(release=release, kind=one["kind"]):
                    kubernetes_validate.validate(one, release, strict=True)

    def test_a_field_that_is_none_would_be_seen(self):
        self.container["readynessProbe"] = self.container.pop("readinessProbe")
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(self.nodes, RELEASES[0], strict=True)

    def test_every_file_is_of_the_set(self):
        files = {path.name for path in FOLDER.glob("*.yml")} - BESIDE
        self.assertEqual(files, {*self.kustomization["resources"], "kustomization.yml"})
        self.assertEqual({one["kind"] for one in self.resources},
                         {"StatefulSet", "PodDisruptionBudget", "HorizontalPodAutoscaler", "Service", "NetworkPolicy"})

    def of_one_pod(self, name):
        """The variables of its own."""
        own = {one["name"]: one["value"] for one in self.container["env"] if "value" in one}
        return {variable: value.replace("$(POD_NAME)", name) for variable, value in own.items()}

    def test_a_node_is_reached_under_the_name_that_it_tells_the_others(self):
        variables = self.of_one_pod("weir-0")
        service = self.only("Service", self.nodes["spec"]["serviceName"])
        port = service["spec"]["ports"][0]["port"]
        self.assertEqual(variables["WEIR_ADVERTISE"], f"weir-0.{service['metadata']['name']}:{port}")
        self.assertEqual(variables["WEIR_NODE_ID"], "weir-0")

    def test_the_program_takes_the_settings(self):
        self.assertEqual(serve_faults({**Image().variables(), **self.settings, **self.of_one_pod("weir-0")}), "")
        (generated,) = self.kustomization["configMapGenerator"]
        self.assertEqual(generated["envs"], ["weir.env"])
        sources = {next(iter(one)): next(iter(one.values())) for one in self.container["envFrom"]}
        self.assertEqual(sources["configMapRef"]["name"], generated["name"])
        self.assertTrue(sources["secretRef"]["optional"])

    def test_everything_selects_the_nodes(self):
        selectors = [self.nodes["spec"]["selector"]["matchLabels"],
                     self.only("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                     self.only("Service")["spec"]["selector"],
                     self.only("Service", "weir-nodes")["spec"]["selector"],
                     self.only("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
                     *(one["labelSelector"]["matchLabels"] for one in self.pod["topologySpreadConstraints"])]
        for selector in selectors:
            self.assertLessEqual(selector.items(), self.labels.items())
        target = self.only("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
        self.assertEqual((target["kind"], target["name"]), ("StatefulSet", "weir"))
        self.assertEqual(self.nodes["spec"]["serviceName"], "weir-nodes")
        self.assertEqual(self.only("Service", "weir-nodes")["spec"]["clusterIP"], "None")

    def test_probes_ask_what_the_program_answers(self):
        ports = {port["name"]: port["containerPort"] for port in self.container["ports"]}
        self.assertEqual(str(ports["http"]), Image().value("EXPOSE"))
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            with self.subTest(probe):
                asked = self.container[probe]["httpGet"]
                self.assertIn(asked["port"], ports)
                self.assert_answers(asked["path"])
        annotations = self.nodes["spec"]["template"]["metadata"]["annotations"]
        self.assertEqual(annotations["prometheus.io/port"], str(ports["http"]))
        self.assert_answers(annotations["prometheus.io/path"])
        for service in ("weir", "weir-nodes"):
            self.assertIn(self.only("Service", service)["spec"]["ports"][0]["targetPort"], ports)

    def test_a_node_is_given_the_time_to_drain(self):
        waits = int(self.container["lifecycle"]["preStop"]["exec"]["command"][1])
        self.assertGreaterEqual(self.pod["terminationGracePeriodSeconds"],
                                waits + int(self.settings["WEIR_DRAIN_SECONDS"]) + SECONDS_AFTER_DRAIN)

    def test_a_node_is_given_the_memory_that_it_is_told_to_use(self):
        resources, told = self.container["resources"], bytes_of(self.settings["WEIR_MEMORY_BYTES"])
        self.assertGreaterEqual(bytes_of(resources["requests"]["memory"]), MEMORY_BESIDE * told)
        self.assertEqual(resources["limits"]["memory"], resources["requests"]["memory"])

    def test_the_pod_is_restricted(self):
        """The profile `restricted` of the Pod Security Standards, and a root that nobody writes to."""
        pod, container = self.pod["securityContext"], self.container["securityContext"]
        self.assertEqual((pod["runAsUser"], pod["runAsGroup"]), Image().user())
        self.assertEqual((pod["runAsNonRoot"], pod["seccompProfile"]["type"]), (True, "RuntimeDefault"))
        self.assertEqual(pod["fsGroup"], pod["runAsGroup"])
        self.assertEqual((container["allowPrivilegeEscalation"], container["capabilities"]), (False, {"drop": ["ALL"]}))
        self.assertTrue(container["readOnlyRootFilesystem"])
        self.assertFalse(self.pod["automountServiceAccountToken"])

    def test_every_mount_has_a_volume_and_data_lies_on_one_that_stays(self):
        claims = {claim["metadata"]["name"] for claim in self.nodes["spec"]["volumeClaimTemplates"]}
        volumes = claims | {volume["name"] for volume in self.pod["volumes"]}
        mounts = {mount["mountPath"]: mount["name"] for mount in self.container["volumeMounts"]}
        self.assertEqual(set(mounts.values()), volumes)
        self.assertIn(mounts[Image().value("VOLUME")], claims)
        self.assertIn(str(Path(self.settings["WEIR_CLUSTER_KEY"]).parent), mounts)

    def test_the_autoscaler_asks_for_what_the_adapter_makes_of_what_the_program_exports(self):
        (rule,) = yaml.safe_load((FOLDER / "prometheus-adapter.yml").read_text())["rules"]["custom"]
        scaler = self.only("HorizontalPodAutoscaler")["spec"]
        self.assertEqual(scaler["metrics"][0]["pods"]["metric"]["name"], rule["name"]["as"])
        for field in ("seriesQuery", "metricsQuery"):
            self.assertLessEqual(set(re.findall(r"\bweir_\w+", rule[field])), self.metrics(), field)
        self.assertLessEqual(scaler["maxReplicas"], int(self.settings["WEIR_SHARDS"]))

    def test_nodes_may_reach_the_log_and_be_reached(self):
        policy = self.only("NetworkPolicy")["spec"]
        open_to = {port["port"] for rule in policy["egress"] if "to" not in rule for port in rule["ports"]}
        self.assertIn(int(self.settings["WEIR_LOG"].rpartition(":")[2]), open_to)
        (ingress,) = policy["ingress"]
        self.assertEqual([port["port"] for port in ingress["ports"]], [int(Image().value("EXPOSE"))])
