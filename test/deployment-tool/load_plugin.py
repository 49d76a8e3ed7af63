"""Loads the callback plugin where there is no Ansible, and applies one of its parts to JSON.

Arguments: file of the plugin. Standard input: {"secrets": [...], "texts": [...], "limit": N}. Standard output: the masked and the cut texts.
"""

import importlib.util
import json
import sys
import types

MODULES = {
    "ansible.errors": {"AnsibleError": RuntimeError},
    "ansible.parsing.dataloader": {"DataLoader": object},
    "ansible.plugins.callback": {"CallbackBase": object},
    "ansible.utils.vars": {"load_extra_vars": dict},
}
for name, content in MODULES.items():
    module = types.ModuleType(name)
    vars(module).update(content)
    sys.modules[name] = module
specification = importlib.util.spec_from_file_location("myx_events", sys.argv[1])
plugin = importlib.util.module_from_spec(specification)
specification.loader.exec_module(plugin)

asked = json.load(sys.stdin)
masker = plugin.Masker(asked["secrets"])
masked = [masker.readable(text) for text in asked["texts"]]
print(json.dumps({"masked": masked, "cut": [plugin.cut(text, asked["limit"]) for text in masked]}))
