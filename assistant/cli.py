"""The command line."""
import sys
from assistant import paths
def main(argv=None):
    argv = sys.argv[1:] if argv is None else argv
    if argv[:2]==['kb','check'] or argv[:2]==['kb','stats']:
        from assistant.content.load import load_content
        from assistant.content.check import check_content
        from assistant.content.coverage import coverage
        c=load_content(paths.content_dir('knowledge'),paths.content_dir('flows'))
        if argv[1]=='stats':
            from collections import Counter
            print(Counter(e.kind for e in c.entries))
            for k,v in coverage(c).items(): print(k,len(v.held),'of',len(v.held)+len(v.missing),'missing:',', '.join(v.missing))
            return 0
        F="set-up-persona install-miniconda install-miniforge accept-terms create-environment initialise-shell open-shell-in-environment install-packages install-pytorch install-unsloth verify-gpu clone-environment rename-environment export-environment recreate-from-file update-packages change-python remove-package remove-environment register-jupyter-kernel switch-to-conda-forge clean-up roll-back-environment venv-from-requirements uninstall-miniconda".split()
        check_content(c, frozenset(F))
        L=c.problems.lines()
        print('\n'.join(L)); print(len(L),'problems,',len(c.entries),'entries',file=sys.stderr)
        return 1 if L else 0
    return 2
