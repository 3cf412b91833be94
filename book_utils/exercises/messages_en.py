"""What the checks say in English: all words are here, and none of the code that decides.

``MESSAGES`` is said on the occasions that every exercise shares, ``QUANTITIES`` names what an exercise returns, and
``HINTS`` answers the mistakes in ``chapter_01`` and so on, by exercise and name. Every language has the same entries.
"""

MESSAGES = {
    "not done": "not done yet. Replace the three dots by your code, run the cell, then this one again.",
    "right": "right.",
    "no function": "hand over the function itself, as in check({exercise!r}, {name}); this is {received}.",
    "nothing": "on {where} your function returns nothing. Is a return missing?",
    "raised": "on {where} your code raised {error}{line}.",
    "changed": "on {where} your function changed its input. Compute new tensors instead of writing into the old ones.",
    "no numbers": "on {where} your function returns {received}, not a tensor of numbers.",
    "shape": "on {where} your function returns shape {received}; the shape {expected} is expected.",
    "value": "at {where} your {quantity} is {received}.",
    "expected": "Expected: {expected}.",
    "again": "Run the check once more to see the expected value.",
    # Parts of the above.
    "between": " ",  # two sentences
    "line": " (line {line} of the function)",
    "type": "a value of type {name}",
    "tensor": "a tensor of shape {shape}",
    "bytes": "{first} ... ({count} bytes)",
}

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
        "always near": "This is the squared loss at every distance: beyond delta the linear branch is missing.",
        "always far": "This is the linear branch at every distance: up to delta the squared branch is missing.",
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
