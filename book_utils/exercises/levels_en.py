"""What ``hint`` says in English: for each exercise, from a question to think about to nearly the line to write."""

LEVELS = {
    "01.4": (
        "Go in three steps: the predictions of all examples, their errors, the loss of each. What is the last step?",
        "X @ w gives one number for each row of X; adding b and taking y away works on all of them at once.",
        "Square the errors, halve them, and take .mean() of what you have.",
    ),
    "01.5": (
        "Which numbers change when one weight grows a little, and by how much? Begin with a single example.",
        "One example's loss has the gradient error times features. Now you need the mean of these over all examples.",
        "With errors = X @ w + b - y, the product X.T @ errors adds up error times features; divide it by len(y).",
    ),
    "01.6": (
        "A line is a linear model with two weights, if the bias counts as the weight of a feature that is always 1.",
        "Make a matrix of two columns, x and ones: torch.stack((x, torch.ones_like(x)), dim=1).",
        "torch.linalg.lstsq(A, y).solution holds the weights in the order of the columns.",
    ),
    "01.9": (
        "Which rows may the weights see, and on which rows is the error to be measured?",
        "Put a column of ones beside X; A[:n] and y[:n] are for learning, A[n:] and y[n:] for measuring.",
        "w = torch.linalg.lstsq(A[:n], y[:n]).solution; then square A[n:] @ w - y[n:], take the mean, and the root.",
    ),
    "02.3": (
        "In which direction does the loss fall, and how long is the step? What does the gradient of a sum need first?",
        "Divide the gradient by the batch size: that makes it the gradient of the mean loss.",
        "A new tensor: the parameter minus lr times the gradient, divided by batch_size.",
    ),
    "02.4": (
        "Try it on paper with the batches (1, 1, 1) and (5): the mean of the four numbers is 2. What do you get?",
        "Each example must count once, in whichever batch it is: put all the losses together first.",
        "torch.cat joins tensors; flatten each of them before, then take one mean.",
    ),
    "02.6": (
        "What do large steps do well, what small ones? In which order would you use them?",
        "The trembling at the end is about as large as the last rate; to calm down takes some hundred steps.",
        "Two epochs at each height, and from height to height a tenth: begin with 0.3.",
    ),
    "02.7": (
        "Which line of synthetic_data draws the noise, and which of its numbers is the standard deviation?",
        "The noise needs one draw for each example: torch.normal(0, noise, y.shape).",
        "X = torch.normal(0, 1, (num_examples, len(w))), y = X @ w + b, the noise, and y.reshape((-1, 1)).",
    ),
    "03.3": (
        "M, S and E say what happens to the errors, from the right to the left: E, then S, then M.",
        "The difference of two columns is a column; ** 2 works entry by entry.",
        "One .mean() at the end makes one number of the squared errors. There is no factor 1/2.",
    ),
    "03.4": (
        "Write down the gradient of one example's loss, once for squared_loss and once for the squared error.",
        "The steps must be equal: what is divided out in chapter 02 is to be in the learning rate here.",
        "The gradient is twice as long as with the 1/2, and nothing divides it by the batch size: undo both in lr.",
    ),
    "03.6": (
        "How long is the gradient of Huber's loss far from the minimum, and near it, beside that of nn.MSELoss?",
        "It is shorter everywhere, so the steps want a larger rate: try some, each a little larger than the last.",
        "Train for two epochs with 0.03, 0.06, 0.1 and 0.2, and print the mean squared error of each.",
    ),
    "03.8": (
        "A polynomial is a linear model: which columns does its matrix have? From which rows does it learn?",
        "torch.stack([x ** k for k in range(degree + 1)], dim=1) has the powers; learn from its first n rows.",
        "errors = (A @ w - y) ** 2 has all squares; take the root of the mean of errors[:n], and of errors[n:].",
    ),
    "04.4": (
        "Two things make probabilities of scores: all must be positive, and each row must sum to 1.",
        "torch.exp makes them positive. By what do you divide each row?",
        "With exp = torch.exp(O), divide by exp.sum(dim=1, keepdim=True): a column, one sum for each row.",
    ),
    "04.5": (
        "The gradient of the cross-entropy in the scores is prediction minus truth. What is the truth, as a vector?",
        "The truth is a row of zeros with a 1 at the label: torch.nn.functional.one_hot makes such rows.",
        "Softmax of each row minus one_hot(y, O.shape[1]). Tell it the number of classes: not every class need occur.",
    ),
    "04.6": (
        "Entropy is the mean of the surprisal. What is the surprisal of p, in bits, and how likely is it to come?",
        "torch.log2 is the logarithm in bits. Of the probability 0 it is -inf: what should such an outcome add?",
        "Keep the positive ones, P = P[P > 0], then minus the sum of P * torch.log2(P).",
    ),
    "04.7": (
        "The gradient is p minus the one-hot label. How does p[j] change when score j grows, and when score i does?",
        "On the diagonal stands p[j] - p[j] ** 2, elsewhere -p[i] * p[j]: write it as a difference of two matrices.",
        "torch.diag(p) is a matrix with p on its diagonal, torch.outer(p, p) has all products.",
    ),
    "04.8": (
        "Set the mean of the gradients to zero: what must the probabilities be?",
        "The probabilities must be the shares of the classes. What undoes the exponential in softmax?",
        "torch.bincount(y, minlength=q) counts the labels of each class; take the logarithm of the shares.",
    ),
    "05.2": (
        "Draw the loss over the error: a parabola in the middle, straight lines outside. Where do they meet?",
        "Only the size of the error matters: take its absolute value first, and compare that with delta.",
        "torch.where(r <= delta, near, far) with near = r**2 / 2, and far = delta * (r - delta / 2).",
    ),
    "05.3": (
        "How does the sum of losses change when c moves up a little? Ask which labels lie above and which below.",
        "It is linear between two neighbouring labels, so one of the labels is always among the best: try them all.",
        "With c = y.unsqueeze(1), each row of torch.maximum(tau * (y - c), ...) has the losses of one label.",
    ),
    "05.4": (
        "What is the slope of the parabola, and what is it where the straight lines begin?",
        "The slope is the residual itself, as long as that is between -delta and delta.",
        "(y_hat - y).clamp(low, high) caps a tensor on both sides.",
    ),
    "05.5": (
        "For small thresholds, how far can the line get in 500 steps? No point pulls with more than the threshold.",
        "Give fit a learning rate that grows as the threshold shrinks: 0.1 divided by it, for thresholds below 1.",
        "Plot the five slopes over the thresholds, with xscale='log', and keep plt.gca() in the same cell.",
    ),
    "06.4": (
        "Take 10 examples in batches of 4, and 12 in batches of 4: how many batches, with and without drop_last?",
        "How many full batches there are, n // batch_size says; whether something is left, n % batch_size.",
        "One batch more than the full ones, if something is left and drop_last is False.",
    ),
    "06.5": (
        "Read the header as a person would: how many axes, then how long each is, then everything else.",
        "content[3] is the number of axes. The length of axis i stands in content[4 + 4 * i : 8 + 4 * i].",
        "int.from_bytes(four_bytes, 'big') reads a length; the values begin at 4 + 4 * axes: reshape them.",
    ),
    "06.6": (
        "Do it for a single class first: which images belong to it, and along which axis do you average?",
        "images[labels == k] are those of class k; uint8 has no mean, so make floats of them.",
        "torch.stack the means, images[labels == k].float().mean(0), for k from 0 to the largest label.",
    ),
    "06.11": (
        "Which axis of a batch of shape (n, 1, height, width) holds the rows of a picture, and which the columns?",
        "torch.roll moves along an axis, and what leaves at its end comes back at its beginning; dims says along "
        "which axis.",
        "X.roll((down, right), dims=(2, 3)): one shift for each of the two axes.",
    ),
    "06.12": (
        "Looking something up in a set or a dict takes the same time however much is in it. What could be the key "
        "of an image?",
        "image.numpy().tobytes() makes bytes of all its pixels; two images have the same bytes only if they are equal.",
        "Make a set of the bytes of all training images; then go through the test images with enumerate, and keep "
        "each i whose bytes are in it.",
    ),
    "07.3": (
        "Of each row, only one number matters. Which, and what does the loss do with it?",
        "y_hat[rows, y] with two lists of indices takes one entry of each row: the first names the row.",
        "With torch.arange(len(y)) for the rows: minus the logarithm of what is chosen.",
    ),
    "07.4": (
        "If one batch has 100 examples and one has 2, may both count alike? Count examples, not batches.",
        "net(X).argmax(dim=1) is the predicted class; compare it with y, and add up the hits.",
        "Keep two counts, of the hits and of the examples, over all batches; divide at the end.",
    ),
    "07.5": (
        "How do you find a word in a dictionary, without reading every page?",
        "Bisection: keep a score that works and one that does not, and try the middle. Then one of the two moves "
        "there.",
        "softmax(torch.tensor([[middle, 0.0]])).isfinite().all() tells; begin with 0 and 1000, and halve until the "
        "gap is below 0.001.",
    ),
    "07.6": (
        "What has to be the same in all five runs, so that only the learning rate differs between them?",
        "Fresh parameters for each rate, Batches of the first 50,000 images to train on, and after five epochs "
        "evaluate_accuracy on Batches of the others.",
        "Plot the five accuracies over the rates, with xscale='log', and keep plt.gca() in the same cell.",
    ),
    "07.8": (
        "W has a row for each pixel and a column for each class. How does reshape read the numbers: along rows or "
        "columns?",
        "reshape reads row by row, so make a row of each class first: W.T.",
        "W.T.reshape(-1, height, width); -1 stands for the number of classes.",
    ),
    "08.3": (
        "What does softmax do if you subtract one number from all scores of a row? Which number makes exp harmless?",
        "With the row's maximum subtracted, no exponential exceeds 1. And the logarithm of a quotient is a difference.",
        "shifted = O - O.max(dim=1, keepdim=True).values; subtract the logarithm of the row's sum of shifted.exp().",
    ),
    "08.4": (
        "What does nn.CrossEntropyLoss take: scores or probabilities? The network has no softmax at its end.",
        "It takes the mean by itself. An argument of its constructor says otherwise.",
        "nn.CrossEntropyLoss(reduction='none') returns one loss for each row.",
    ),
    "08.6": (
        "How did you find the score at which softmax begins to overflow (chapter 07)?",
        "Bisection between 0 and 1000; give exp a tensor of the type, torch.tensor(middle, dtype=dtype).",
        "Halve until the gap is below 0.001, keeping a middle whose exponential isfinite(). Or ask which x has the "
        "largest number of the type, torch.finfo(dtype).max, as its exponential.",
    ),
    "08.9": (
        "Write the smoothed label of a true class down: what stands in its entry, and what in each of the others?",
        "Cross-entropy is lowest where the prediction equals the label, and there it is the label's entropy "
        "(chapter 04).",
        "With other = smoothing / q and true = 1 - smoothing + other: -true log(true) - (q - 1) other log(other); "
        "if other is 0, the second term is 0.",
    ),
    "08.11": (
        "Two losses, two gradients in the same O. How does one get a gradient in something that is no parameter?",
        "O.requires_grad_() first; then torch.autograd.grad(loss, O)[0], once with O in the loss and once with "
        "torch.softmax(O, 1).",
        "With both as long vectors (.flatten()): double.norm() / right.norm(), and torch.cosine_similarity(double, "
        "right, dim=0).",
    ),
    "09.2": (
        "Where in the matrix do the images of one class stand? And where those of them that were found?",
        "The images of a class fill its row, and those found stand on the diagonal.",
        "Divide confusion.diagonal() by confusion.sum(dim=1).",
    ),
    "09.3": (
        "Take two bins by hand. What does each of them say, how often is it right, and how much does it count?",
        "(confidence * 10).long() numbers the bins; a confidence of 1 has to come down to number 9.",
        "For each k in bins.unique(), with inside = bins == k: the distance of the two means, times inside.sum().",
    ),
    "09.4": (
        "Of n mistakes with the ratio a : b, how large is the difference, and how large its standard deviation?",
        "The difference is n (a - b) / (a + b), its standard deviation the square root of n. So by how many does it "
        "differ?",
        "(a - b) / (a + b) times the square root of n shall be deviations: solve for n.",
    ),
    "09.6": (
        "Write the loss of one example down, with a times each logit. Where does a stand?",
        "The loss is the logarithm of a sum, minus a times the true class's logit. Differentiate both: the first "
        "gives the model's mean of its logits.",
        "The sum over the classes of probability times logit, minus the logit of the true class; then the mean over "
        "the examples. Or let autograd do it, with a = torch.tensor(1.0, requires_grad=True).",
    ),
    "09.7": (
        "What of two stencils decides which of their two logits is larger?",
        "A logit is a sum of pixels times weights, so the difference of two logits has the differences of the weights.",
        "(weight[first] - weight[second]).reshape(28, 28): each class has a row of nn.Linear's weight.",
    ),
    "10.2": (
        "A mean is a sum, divided. How do you get the sums back?",
        "counts * means are the workers' sums, once counts is a column.",
        "Divide (counts.unsqueeze(1) * means).sum(dim=0) by counts.sum().",
    ),
    "10.3": (
        "How long must the order be, so that all get equally many? What stands in the places that were added?",
        "The length is math.ceil(len(order) / size) * size. Place i has order[i % len(order)].",
        "Take order[torch.arange(rank, length, size) % len(order)].",
    ),
    "10.4": (
        "How many steps is it to the top for two, four and eight workers? And how many in all?",
        "math.ceil(math.log2(size)) steps up, and as many down; each takes the latency and the time for all bytes.",
        "Add work / size and 2 * levels * (latency + 4 * count / bandwidth).",
    ),
    "10.5": (
        "Begin with a copy of the table. Which piece does worker 0 pass on in step 0, and which in step 1?",
        "Worker rank passes on piece (rank + 1 - step) % size; it goes to worker (rank + 1) % size.",
        "In a loop over rank: after[(rank + 1) % size, piece] = held[rank, piece], with after = held.clone().",
    ),
}
