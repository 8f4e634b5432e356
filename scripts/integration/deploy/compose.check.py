"""Whether a compose file is one, by compose-spec's models, and what its services are called."""

import sys

import yaml
from compose_spec import ComposeSpecification

with open(sys.argv[1]) as file:
    specification = ComposeSpecification.model_validate(yaml.safe_load(file))
print(" ".join(sorted(specification.services)))
