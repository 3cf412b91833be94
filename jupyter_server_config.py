# JupyterLab reads this file when it is started in this folder, as the README says.
c = get_config()  # noqa: F821

# As root JupyterLab refuses to start; in a container root is who one is, and the README's command is to work as typed.
c.ServerApp.allow_root = True
