"""What the checks say in English: all words are here, and none of the code that decides.

``MESSAGES`` is said on the occasions that every exercise shares, ``QUANTITIES`` names what an exercise returns, and
``HINTS`` answers the mistakes in ``chapter_01`` and so on, by exercise and name. Every language has the same entries.
"""

MESSAGES = {
    "not done": "not done yet. Replace the three dots by your code, run the cell, then this one again.",
    "right": "right.",
    "rule": "right, but the exercise asks for it without {rule}.",
    "detached": "right. But no gradient flows through it: .item(), .detach(), numpy and new tensors leave the graph, "
    "so autograd could not differentiate it.",
    "no function": "hand over the function itself, as in check({exercise!r}, {name}); this is {received}.",
    "class": "hand over a function; {name} is a class.",
    "syntax": "the last cell with def {name} has a syntax error in line {line}: {text}\n"
    "Python still has the function of before. Mend that cell, run it, then this one.",
    "interrupted": "interrupted in {where}.",
    "time": "{where} had not ended when {seconds} seconds were over. Does each loop end? Does it do more "
    "than it needs to?",
    "exit": "{where} ends the whole program. Leave the exit out, and return the result.",
    "asked": "{where} asks with input(). All it needs is in its arguments.",
    "nothing": "{where} returns nothing. Is a return missing?",
    "raised": "{where} raised {error}.",
    "changed": "{where} changed its input. Compute new tensors instead of writing into the old ones.",
    "no numbers": "{where} returns {received}; numbers are expected.",
    "tensors": "{where} returns several tensors; one is expected: torch.stack or torch.cat joins them.",
    "complex": "{where} returns complex numbers; real ones are expected.",
    "shape": "{where} returns {received}; {expected} is expected.",
    "value": "in {where} your {quantity} is {received}{entry}.",
    "expected": "Expected: {expected}.",
    "again": "Run the check once more to see the expected value.",
    # What the results have in common, where no hint of the exercise fits.
    "state": "The same call returned something else the second time: does it keep something from call to call, or draw "
    "random numbers?",
    "constant": "The result is the same whatever the arguments are.",
    "summed": "This is the sum of the right results; they are wanted one by one.",
    "averaged": "This is the mean of the right results; they are wanted one by one.",
    "first": "Only the first of the results is here. Does a return stand inside a loop?",
    "last": "Only the last of the results is here.",
    "transposed": "The numbers are right, but rows and columns have changed places.",
    "backwards": "The numbers are right, but their order is reversed.",
    "absolute": "Only the size is right: the sign has been lost.",
    "floor": "This is the right result, rounded down.",
    "rounded": "This is the right result, rounded: return it with all its digits.",
    "negative": "Only the sign is wrong, on every input.",
    "logarithm": "This takes {taken}; {asked} is meant.",
    "factor": "On every input this is {factor} times the right result.",
    "shifted": "On every input this is the right result plus {shift}.",
    "signs": "The sizes are right on every input, some signs are not.",
    "proportional": "On each input this is the right result times a number, which differs from input to input: what do "
    "you divide or multiply by?",
    "order": "The numbers are right, but they stand in another order.",
    "first only": "Only the first example counts here. Does a return stand inside a loop?",
    "last only": "Only the last example counts here.",
    "without the last": "The last example is left out.",
    "without the first": "The first example is left out.",
    "unused": "Your function never uses {names}.",
    # Parts of the above.
    "between": " ",  # two sentences
    "line": "line {line} of {name}: {code}",
    "line alone": "line {line} of {name}",
    "printed": "It printed:",
    "inputs": "Its arguments: check({exercise!r}, {name}).inputs",
    "entry": ", at {entry}",
    "type": "a value of type {name}",
    "one number": "one number",
    "shape of": "shape {shape}",
    "of shape": "{name} of shape {shape}",
    "items": "{name} of length {count}",
    "bytes": "{name} of {count} bytes",
}

ERRORS = {
    r"Boolean value of Tensor|truth value of an array": "An if asks one question for all entries at once; torch.where "
    "decides entry by entry.",
    r"bitwise_xor|unsupported operand type\(s\) for \^|\^: ": "In Python the power is **, not ^.",
    r"positional arguments? but|missing \d+ required positional": "The check calls {call}.",
    r"NameError": "Is the cell that defines it above, and has it been run?",
    r"must match the size|cannot be multiplied|size mismatch|be broadcast|inconsistent tensor": "The shapes do not "
    "fit: print the .shape of both.",
    r"used as indices must be|only integer tensors|indices must be integers": "Indices must be whole numbers: .long() "
    "makes them.",
    r"could not infer output dtype|Input dtype must be either|not implemented for '(?:Byte|Long|Int)'": "This needs "
    "floats: .float() makes them.",
    r"RecursionError": "The function calls itself, without end.",
    r"can't convert|Can't call numpy|has no attribute 'numpy'": "Stay with one kind: tensors, or arrays of numpy.",
}
"""What an error of Python's or PyTorch's means, by a pattern of what it says."""

QUANTITIES = {
    "01.4": "mean loss",
    "01.5": "gradient",
    "01.6": "pair of slope and intercept",
    "02.3": "new parameter",
    "02.4": "mean loss",
    "03.3": "loss",
    "03.4": "learning rate",
    "04.4": "softmax",
    "04.5": "gradient",
    "04.6": "entropy",
    "05.2": "loss",
    "05.4": "gradient",
    "06.4": "number of batches",
    "06.5": "tensor",
    "06.6": "tensor of mean images",
    "07.3": "loss",
    "07.4": "accuracy",
    "08.3": "log-softmax",
    "08.4": "loss",
}

HINTS = {
    "01.4": {
        "half": "The factor 1/2 is missing.",
        "sum": "This is the sum of the losses: divide by the number of examples.",
        "both": "The factor 1/2 and the division by the number of examples are missing.",
        "no bias": "The predictions lack the bias b.",
        "not squared": "The errors are to be squared; this takes their absolute values.",
        "broadcast": "A column minus a row is a matrix: every prediction is compared with every label. "
        "Bring both into one shape.",
        "per example": "These are the losses of the single examples: return their mean, one number.",
    },
    "01.5": {
        "sign": "The sign is wrong: this points downhill. The gradient points uphill; the step subtracts it.",
        "sum": "This is the gradient of the sum of the losses: divide by the number of examples.",
        "twice": "This is the gradient without the factor 1/2 in the loss: it is twice as long as it should be.",
        "no bias": "The errors lack the bias b.",
    },
    "01.6": {
        "no ones": "This line goes through the origin: without a column of ones there is no intercept.",
        "order": "Slope and intercept have changed places.",
        "exchanged": "x and y have changed places: this predicts x from y.",
    },
    "02.3": {
        "sign": "The step goes uphill: subtract the gradient.",
        "batch size": "The gradient is that of a sum: divide the step by the batch size.",
        "times": "Divide by the batch size, do not multiply by it.",
        "learning rate": "The learning rate is missing.",
        "step only": "This is the step alone: return the parameter after it.",
    },
    "02.4": {
        "full": "The mean of the batches' means counts the last batch as full, though it is short: "
        "add up all losses and divide by the number of all examples.",
        "full size": "This divides as if the last batch were as large as the first: count its examples.",
        "sum": "This is the sum: divide by the number of all examples.",
        "last": "This is the last batch alone.",
    },
    "03.3": {
        "half": "nn.MSELoss has no factor 1/2.",
        "sum": "This is the sum of the squared errors: nn.MSELoss takes their mean.",
        "root": "Leave the root out: this is the root of the mean squared error.",
        "per example": "These are the losses of the single examples: return their mean, one number.",
        "broadcast": "A column minus a row is a matrix: y must keep the shape of y_hat.",
    },
    "03.4": {
        "half": "Mind the 1/2: squared_loss has it and nn.MSELoss does not, so its gradients are twice as long.",
        "batch size": "A sum over the batch has gradients that are as many times longer as the batch has examples.",
        "times": "The gradients are longer, so the learning rate must be smaller: divide.",
        "other half": "The gradients of the squared error are twice, not half, those of squared_loss.",
        "nothing changed": "With this learning rate the steps are far too long: how long is the gradient of a sum?",
    },
    "04.4": {
        "axis": "The sums go down the columns: each row, one example, must sum to 1.",
        "whole": "This divides by the sum over the whole matrix: each row must sum to 1.",
        "keepdim": "Without keepdim=True the row of sums is laid along the wrong axis.",
        "not exponential": "Take the exponential first: scores may be negative.",
        "not divided": "Divide by the sum of each row.",
        "logarithm": "These are the logarithms of the probabilities.",
    },
    "04.5": {
        "sign": "The sign is wrong: it is the prediction minus the truth.",
        "probabilities": "These are the probabilities: subtract the one-hot label.",
        "scores": "Subtract the one-hot label from the probabilities, not from the scores.",
        "mean": "Return the gradient of each example's own loss, not of their mean.",
        "axis": "The softmax goes down the columns: each row, one example, must sum to 1.",
    },
    "04.6": {
        "nats": "This is the entropy in nats: for bits take the logarithm to base 2.",
        "sign": "The sign is wrong: the logarithm of a probability is negative, and entropy is not.",
        "never": "0 times the logarithm of 0 gives nan: what never happens must add 0.",
        "unweighted": "Weight each surprisal with its probability.",
        "mean": "Add the terms up; the probabilities already make it a mean.",
    },
    "05.2": {
        "offset": "Mind the offset beyond delta: without it the two branches do not meet at the threshold.",
        "bare": "Beyond delta the branch must continue the parabola: same value and same slope at the threshold.",
        "delta": "Right for delta = 1 only: how steep is the parabola where it ends, and how high?",
        "half delta": "The offset is right for delta = 1 only: at the threshold both branches must have one value.",
        "half": "The squared branch lacks its factor 1/2.",
        "half twice": "This is twice the loss: the squared branch has the factor 1/2.",
        "sign": "The linear branch takes the absolute value: an error of -3 is as bad as one of 3.",
        "one side": "The branch depends on the size of the error, not on its sign: compare its absolute value.",
        "swapped": "The branches are swapped: squared for small errors, linear for large ones.",
        "always near": "At every distance this gives the squared loss: beyond delta the linear branch must take over.",
        "always far": "At every distance this gives the linear branch: up to delta the squared one must take over.",
        "threshold of 1": "The threshold is always 1 here: use the argument delta.",
        "sum": "Return one loss for each example, not their sum.",
        "mean": "Return one loss for each example, not their mean.",
    },
    "05.4": {
        "sign": "The sign is wrong: the gradient in the prediction is y_hat - y, not y - y_hat.",
        "not capped": "This is the gradient of the squared loss: beyond delta it must stay what it is at delta.",
        "only sign": "Up to delta the gradient is the residual itself.",
        "cap of 1": "The cap is always 1 here: use the argument delta.",
        "one side": "Large negative residuals must be capped, too.",
        "far is 1": "Beyond delta the gradient is delta or -delta, not 1 or -1.",
    },
    "06.4": {
        "full": "A short last batch is a batch, too, unless drop_last leaves it out.",
        "one more": "When the division comes out even, there is no short last batch.",
        "never dropped": "With drop_last the short last batch is left out.",
        "fraction": "Batches are whole: round up, or down with drop_last.",
    },
    "06.5": {
        "flat": "The values are right: bring them into the shape that the header gives.",
        "header": "These are bytes of the header, too: the values begin behind the lengths of all axes.",
        "always 16": "The header is 16 bytes long for three axes only: 4, and 4 for each axis.",
        "last byte": "A length has four bytes, the highest first; this reads the last one only.",
    },
    "06.6": {
        "sum": "Divide by the number of images of the class.",
        "all": "This is the mean of all images: choose those of the class first.",
        "one number": "Average over the images only, and keep the pixels apart.",
        "whole set": "Divide by the number of images of the class, not of all.",
    },
    "07.3": {
        "sign": "The sign is wrong: the logarithm of a probability is negative, and a loss is not.",
        "no logarithm": "The logarithm is missing.",
        "bits": "Take the natural logarithm.",
        "mean": "Return one loss for each example, not their mean.",
        "sum": "Return one loss for each example, not their sum.",
        "all columns": "y_hat[:, y] takes every label's column for every row: index rows and columns in pairs.",
        "all classes": "Only the probability of the true class counts.",
        "softmax again": "y_hat holds probabilities already: this applies softmax to them once more.",
    },
    "07.4": {
        "full": "The mean of the batches' accuracies counts the last batch as full, though it is short: "
        "count all hits and divide by the number of all examples.",
        "full size": "This divides as if the last batch were as large as the first: count its examples.",
        "count": "This is the number of hits: divide by the number of all examples.",
        "last": "This is the accuracy on the last batch alone.",
        "errors": "This is the share of errors.",
    },
    "08.3": {
        "no shift": "The exponentials overflow, or all become 0: subtract each row's maximum first.",
        "logarithm at the end": "The shift is right, but small probabilities become 0 before the logarithm is "
        "taken: do not exponentiate and undo it, subtract the logarithm of the sum.",
        "mean": "After subtracting the mean the largest score may still overflow: subtract the maximum.",
        "no logarithm": "These are the probabilities: return their logarithms.",
        "axis": "This goes down the columns: each row is one example.",
        "keepdim": "Without keepdim=True the row of sums is laid along the wrong axis.",
        "shift forgotten": "The maximum is missing from one of the two places: subtract it from the scores, too.",
    },
    "08.4": {
        "softmax twice": "Softmax before cross-entropy: nn.CrossEntropyLoss takes logits, and applies it itself.",
        "log-softmax": "nn.NLLLoss takes logarithms of probabilities; this hands over the probabilities.",
        "mean": "Return one loss for each example: reduction='none'.",
        "sum": "Return one loss for each example: reduction='none'.",
        "sign": "The sign is wrong.",
        "no logarithm of the sum": "The logarithm of the sum of all exponentials is missing.",
    },
}
