"""The files of Fashion-MNIST: found and verified (``files``), fetched (``download``), or drawn (``standin``).

``book_utils.data`` makes tensors of them; nothing here needs torch.
"""
