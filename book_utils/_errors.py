"""What readers are told when an argument is wrong or a computation fails, in English and in Chinese.

It is part of ``_words.TEXTS``, which all sentences are taken from, by ``_words.say``.
"""

ERRORS = {
    # Kinds of arguments.
    "whole number": {
        "en": "{name} must be a whole number, not {value!r} ({kind})",
        "zh": "{name} 应当是整数，得到的是 {value!r}（{kind}）",
    },
    "at least one": {
        "en": "{name} must be at least 1, not {value}",
        "zh": "{name} 至少应当是 1，得到的是 {value}",
    },
    "number": {
        "en": "{name} must be a number, not {value!r} ({kind})",
        "zh": "{name} 应当是一个数，得到的是 {value!r}（{kind}）",
    },
    "finite": {
        "en": "{name} must be finite, not {value}",
        "zh": "{name} 应当是有限数，得到的是 {value}",
    },
    "finite, above": {
        "en": "{name} must be above {bound}, and finite, not {value}",
        "zh": "{name} 应当是大于 {bound} 的有限数，得到的是 {value}",
    },
    "tensor": {
        "en": "{name} must be a tensor, not {kind}",
        "zh": "{name} 应当是张量，得到的是 {kind}",
    },
    "true or false": {
        "en": "{name} must be True or False, not {value!r}",
        "zh": "{name} 应当是 True 或 False，得到的是 {value!r}",
    },
    "what the loss returns": {"en": "what the loss function returns", "zh": "损失函数返回的值"},
    "names, not a text": {
        "en": "{name} must be a list of names, such as [{value!r}], not a single text",
        "zh": "{name} 应当是名称的列表，例如 [{value!r}]，而不是单独一个字符串",
    },
    "names": {
        "en": "{name} must be a list of names, not {kind}: list(...) makes one",
        "zh": "{name} 应当是名称的列表，得到的是 {kind}。用 list(...) 可以转换",
    },
    # Figures.
    "sizes": {
        "en": "{name} must be one number, or a pair (height, width), not {value!r}",
        "zh": "{name} 应当是一个数，或者一对数（高，宽），得到的是 {value!r}",
    },
    "figsize": {
        "en": "figsize must be a pair (width, height) in inches, not {value!r}",
        "zh": "figsize 应当是以英寸为单位的一对数（宽，高），得到的是 {value!r}",
    },
    "length in figsize": {"en": "a length in figsize", "zh": "figsize 里的长度"},
    "slider": {
        "en": "the slider {name} must be (smallest, largest, start), not {value!r}",
        "zh": "滑块 {name} 应当写成（最小值，最大值，初始值），得到的是 {value!r}",
    },
    "bound of a slider": {"en": "a bound of the slider {name}", "zh": "滑块 {name} 的值"},
    "start of a slider": {
        "en": "the slider {name} must start between its smallest and its largest value, not {value!r}",
        "zh": "滑块 {name} 的初始值应当在最小值与最大值之间，得到的是 {value!r}",
    },
    "limits": {
        "en": "{name} must be a pair (low, high), not {value!r}",
        "zh": "{name} 应当是一对数（下限，上限），得到的是 {value!r}",
    },
    "formats": {
        "en": "fmts must be a list of formats, such as ['-', 'm--'], not {value!r}",
        "zh": "fmts 应当是线型的列表，例如 ['-', 'm--']，得到的是 {value!r}",
    },
    "titles too few": {
        "en": "{shown} images are shown, but only {given} titles are given",
        "zh": "要显示 {shown} 幅图像，却只给了 {given} 个标题",
    },
    "titles": {
        "en": "titles must be a list, not {kind}: list(...) makes one",
        "zh": "titles 应当是列表，得到的是 {kind}。用 list(...) 可以转换",
    },
    "image": {
        "en": "an image has the shape (height, width), not {shape}{advice}",
        "zh": "一幅图像的形状是（高，宽），得到的是 {shape}{advice}",
    },
    "images": {
        "en": "images of shape (n, height, width) are expected, not {shape}{advice}",
        "zh": "这里要的是形状为（张数，高，宽）的图像，得到的是 {shape}{advice}",
    },
    "a batch of one": {
        "en": ": unsqueeze(0) makes one image a batch of one",
        "zh": "。用 unsqueeze(0) 可以把一幅图像变成只含一幅图像的批量",
    },
    "colours last": {
        "en": ": permute(1, 2, 0) of an image puts its colours last",
        "zh": "。对图像用 permute(1, 2, 0)，可以把颜色通道移到最后",
    },
    "no row of numbers": {
        "en": "a curve needs numbers in a row, not {value!r}",
        "zh": "画曲线要有一列数，得到的是 {value!r}",
    },
    "one x or as many": {
        "en": "one x for all curves or one for each is needed, not {xs} x and {ys} y",
        "zh": "各条曲线应当共用一组 x，或者各有一组，得到的是 {xs} 组 x 和 {ys} 组 y",
    },
    "curve": {
        "en": "a curve needs as many x as y, not {xs} x and {ys} y",
        "zh": "一条曲线的 x 和 y 应当一样多，得到的是 {xs} 个 x 和 {ys} 个 y",
    },
    "pairs": {
        "en": "as many x as y are needed, not {xs} x and {ys} y",
        "zh": "x 和 y 应当一样多，得到的是 {xs} 个 x 和 {ys} 个 y",
    },
    "no line has a name": {
        "en": "no line has a name: draw with label='...', or with a legend, or give names",
        "zh": "没有一条线有名称。画线时请写上 label='...'，或者加图例，或者给出 names",
    },
    # Data.
    "labels and images": {
        "en": "as many labels as images are needed, not {images} images and {labels} labels",
        "zh": "标签和图像应当一样多，得到的是 {images} 幅图像和 {labels} 个标签",
    },
    "no images": {
        "en": "there are no images to cut into batches",
        "zh": "没有图像，无法分成小批量",
    },
    "single class index": {
        "en": "labels must be a row of class indices, not a single number: {value!r}",
        "zh": "labels 应当是一列类别编号，而不是单独一个数 {value!r}",
    },
    "class index": {
        "en": "class indices are whole numbers from 0 to 9; received {value!r}",
        "zh": "类别编号是 0 到 9 的整数，得到的是 {value!r}",
    },
    "class index beyond": {
        "en": "class indices run from 0 to 9; received {value}",
        "zh": "类别编号从 0 到 9，得到的是 {value}",
    },
    "true weights": {
        "en": "w must be a tensor of {dtype}, as the features are, such as torch.tensor([2, -3.4]), not {kind}",
        "zh": "w 应当与特征一样，是 {dtype} 类型的张量，例如 torch.tensor([2, -3.4])，得到的是 {kind}",
    },
    "weight per feature": {
        "en": "w must hold one weight for each feature, in shape (features,), not {shape}",
        "zh": "w 里每个特征应当有一个权重，形状是 (特征数,)，得到的是 {shape}",
    },
    "tuple of tensors": {
        "en": "a tuple of tensors such as (features, labels) is expected, not {kind}",
        "zh": "这里要的是张量的元组，例如 (features, labels)，得到的是 {kind}",
    },
    "a single tensor": {"en": "a single tensor", "zh": "单独一个张量"},
    "lengths": {
        "en": "tensors with one row for each example are expected, all of the same length, not {lengths}",
        "zh": "这里要的是每个样本占一行的张量，各个张量长度相同，且不为零，得到的是 {lengths}",
    },
    "penguins": {
        "en": "the columns are {known}; received {wrong}",
        "zh": "可以读取的列是 {known}，得到的是 {wrong}",
    },
    "none": {"en": "none", "zh": "空的列表"},
    "no penguins": {
        "en": "the penguins come with the package palmerpenguins: pip install palmerpenguins",
        "zh": "企鹅数据来自软件包 palmerpenguins。请先安装：pip install palmerpenguins",
    },
    "memory": {
        "en": "{what} need {needed:,.1f} GB of memory, and {free:,.1f} GB are free. Choose a smaller size, "
        "or resize each batch as it comes, X of 28 x 28 pixels: "
        "torch.nn.functional.interpolate(X, 224, mode='bilinear', antialias=True)",
        "zh": "{what}要占 {needed:,.1f} GB 内存，而空闲的只有 {free:,.1f} GB。请选小一些的尺寸，"
        "或者每取一个批量再放大（X 是 28 x 28 像素的图像）："
        "torch.nn.functional.interpolate(X, 224, mode='bilinear', antialias=True)",
    },
    "images of a size": {
        "en": "{count:,} images of {height} x {width} pixels",
        "zh": "{count:,} 幅 {height} x {width} 像素的图像",
    },
    # The model, its predictions and its loss.
    "affine": {
        "en": "each column of X needs a weight: X of shape {X} does not go with w of shape {w}",
        "zh": "X 的每一列都要有一个权重，但 X 的形状是 {X}，w 的形状是 {w}，两者不相配",
    },
    "bias": {
        "en": "b must be a single number or one for each output, not of shape {shape}",
        "zh": "b 应当是一个数，或者每个输出一个数，得到的形状是 {shape}",
    },
    "matrix of outputs": {
        "en": "expected a matrix with one row of outputs per example, not a tensor of shape {shape}",
        "zh": "这里要的是矩阵，每个样本的输出占一行，得到的是形状为 {shape} 的张量",
    },
    "label per row": {
        "en": "expected one label per prediction: {count} predictions need labels of shape ({count},), not {shape}",
        "zh": "每个预测要有一个标签。预测有 {count} 个，标签的形状应当是 ({count},)，得到的是 {shape}",
    },
    "type of labels": {
        "en": "labels must be class indices of type torch.int64 or torch.int32, not {dtype}",
        "zh": "标签应当是类别编号，类型为 torch.int64 或 torch.int32，得到的是 {dtype}",
    },
    "label beyond": {
        "en": "with {classes} classes, labels run from 0 to {last}; received {wrong}",
        "zh": "有 {classes} 个类别时，标签从 0 到 {last}，得到的是 {wrong}",
    },
    "label per prediction": {
        "en": "expected one label per prediction, not predictions of shape {predictions} and labels of shape {labels}. "
        "Predictions are scores of shape (examples, classes) with labels of shape (examples,), or one number for each "
        "label, in the same shape",
        "zh": "每个预测要有一个标签，而这里预测的形状是 {predictions}，标签的形状是 {labels}。"
        "预测可以是形状为 (样本数, 类别数) 的得分，这时标签的形状是 (样本数,)；"
        "也可以每个标签对应一个数，这时两者形状相同",
    },
    "as many labels": {
        "en": "expected one label per prediction, not {predictions} predictions and {labels} labels",
        "zh": "每个预测要有一个标签，而这里预测的形状是 {predictions}，标签的形状是 {labels}",
    },
    "one loss per example": {
        "en": "the loss function returned a single number for the whole batch; one loss per example is expected. "
        "Use reduction='none', as in nn.CrossEntropyLoss(reduction='none'): the training loop averages by itself",
        "zh": "损失函数对整个批量只返回了一个数，而这里每个样本要有一个损失。"
        "请用 reduction='none'，例如 nn.CrossEntropyLoss(reduction='none')。训练循环会自己取平均",
    },
    # Training and measuring.
    "model": {
        "en": "net must be a model: something to call with a batch of examples, not {kind}",
        "zh": "net 应当是模型，能用一个批量的样本来调用，得到的是 {kind}",
    },
    "batches": {
        "en": "an iterator over minibatches (X, y) is expected, not {kind}{advice}",
        "zh": "这里要的是小批量 (X, y) 的迭代器，得到的是 {kind}{advice}",
    },
    "a tensor": {"en": "a tensor", "zh": "张量"},
    "load_array makes one": {
        "en": ": load_array makes one of tensors",
        "zh": "。load_array 可以用张量做出一个",
    },
    "model first": {
        "en": ": the model comes first, as in evaluate_accuracy(net, data_iter)",
        "zh": "。模型要写在前面，例如 evaluate_accuracy(net, data_iter)",
    },
    "no batch": {
        "en": "the data iterator holds no batch: there is nothing to measure or to learn from",
        "zh": "数据迭代器里一个批量也没有，无从测量，也无从学习",
    },
    "held no batch": {
        "en": "the data iterator held no batch. A generator can be gone through only once: use one that can be "
        "iterated again, such as a DataLoader or Batches",
        "zh": "数据迭代器没有给出任何批量。生成器只能遍历一次，请改用可以反复遍历的对象，例如 DataLoader 或 Batches",
    },
    "LBFGS": {
        "en": "LBFGS measures the loss several times in a step, which this loop does not do: use another optimiser",
        "zh": "LBFGS 在一步里要多次计算损失，这个循环做不到。请换一个优化器",
    },
    "updater": {
        "en": "updater must be a torch optimiser or a function updater(batch_size), not {kind}",
        "zh": "updater 应当是 torch 的优化器，或者函数 updater(batch_size)，得到的是 {kind}",
    },
    "list of parameters": {
        "en": "params must be a list of tensors, such as [w, b], not a single tensor",
        "zh": "params 应当是张量的列表，例如 [w, b]，而不是单独一个张量",
    },
    "no gradient": {
        "en": "params[{i}] has no gradient: call backward() on the loss before this step",
        "zh": "params[{i}] 没有梯度。请在这一步之前对损失调用 backward()",
    },
    "parameter without gradient": {
        "en": "a parameter of shape {shape} has no gradient: call backward() on the loss before this step, "
        "and pass only what the loss depends on",
        "zh": "形状为 {shape} 的参数没有梯度。请在这一步之前对损失调用 backward()，并且只传入损失所依赖的参数",
    },
    "stopped": {
        "en": "Training stopped in epoch {epoch}: the loss is {loss}. "
        "Start again from fresh parameters, with a smaller learning rate or with a loss that takes logits.",
        "zh": "训练在第 {epoch} 轮停止，因为损失是 {loss}。"
        "请从新的参数重新开始，把学习率调小，或者改用接受 logits 的损失。",
    },
    "no time": {
        "en": "no time has been recorded yet: call stop() first",
        "zh": "还没有记录任何时间。请先调用 stop()",
    },
    "sums": {
        "en": "expected {count} numbers, one for each sum, not {given}",
        "zh": "应当给出 {count} 个数，每个累加和一个，得到的是 {given} 个",
    },
    "device": {
        "en": "devices are counted 0, 1, 2, ...; received {value!r}",
        "zh": "设备的编号是 0、1、2……，得到的是 {value!r}",
    },
    # Workers.
    "written function": {
        "en": "function must be a function written with def in a cell or a file, not {value!r}",
        "zh": "function 应当是在单元格或文件里用 def 写的函数，得到的是 {value!r}",
    },
    "worker ended": {
        "en": "worker {rank} was ended from outside: {error}",
        "zh": "工作进程 {rank} 被外部终止：{error}",
    },
    "worker failed": {
        "en": "worker {rank} failed: {reason}{line}{advice}",
        "zh": "工作进程 {rank} 出错：{reason}{line}{advice}",
    },
    "in line": {"en": ", in line {number}: {code}", "zh": "，在第 {number} 行：{code}"},
    "begins with nothing": {
        "en": ". A worker begins with nothing: import and define inside the function what it uses",
        "zh": "。工作进程启动时什么都没有，函数用到的一切都要在函数内部导入和定义",
    },
    # Exercises.
    "no such exercise": {
        "en": "there is no exercise {exercise!r} to check; there are {known}",
        "zh": "没有可以检查的练习 {exercise!r}。可以检查的有 {known}",
    },
    "no such chapter": {
        "en": "there is no chapter {chapter!r} with exercises to check; there are {known}",
        "zh": "第 {chapter!r} 章没有可以检查的练习。有这种练习的章是 {known}",
    },
    "no such language": {
        "en": "the checks speak {known}, not {language!r}",
        "zh": "检查结果可以用 {known} 给出，不能用 {language!r}",
    },
    # Exercises of one's own.
    "own number": {
        "en": "an exercise has a number such as 'lab.1', not {number!r}",
        "zh": "练习的编号应当写成 'lab.1' 这样，得到的是 {number!r}",
    },
    "own number taken": {
        "en": "{number} is an exercise of the book; choose another number, such as 'lab.1'",
        "zh": "{number} 是书里练习的编号。请换一个，例如 'lab.1'",
    },
    "own rules": {
        "en": "{number}: without knows {known}; received {unknown}",
        "zh": "{number}：without 里可以写 {known}，不能写 {unknown}",
    },
    "own no inputs": {
        "en": "{number}: inputs holds no call to try; one at least is expected",
        "zh": "{number}：inputs 里没有可以试的调用。至少要有一个",
    },
    "own mistakes": {
        "en": "{number}: mistakes has what is said as its keys and the wrong functions as its values",
        "zh": "{number}：mistakes 的键应当是要说的话，值应当是写错的函数",
    },
    "own text": {
        "en": "{number}: text must be a string, not a value of type {kind}",
        "zh": "{number}：text 应当是字符串，得到的是 {kind} 类型的值",
    },
    "own hints": {
        "en": "{number}: hints must be a list of strings; received a value of type {kind}",
        "zh": "{number}：hints 应当是字符串的列表，得到的是 {kind} 类型的值",
    },
    "own examples": {
        "en": "{number}: examples names parameters of {called}; received {unknown}",
        "zh": "{number}：examples 里应当是 {called} 的参数名，不能写 {unknown}",
    },
    "own unknown": {
        "en": "{number!r} was not registered; there are {known}",
        "zh": "{number!r} 没有登记过。登记过的有 {known}",
    },
    "own calls": {
        "en": "{number}: {name} must be a list with a tuple of arguments for each call, not a value of type {kind}",
        "zh": "{number}：{name} 应当是参数元组的列表，每次调用一个元组，得到的是 {kind} 类型的值",
    },
    "own call": {
        "en": "{number}: {name} must hold a tuple of arguments for each call, not a value of type {kind}: (x,)",
        "zh": "{number}：{name} 里的每一项都应当是一次调用的参数元组，例如 (x,)，得到的是 {kind} 类型的值",
    },
    "own function": {
        "en": "{number}: the right answer must be a function that def defines, not a value of type {kind}",
        "zh": "{number}：正确答案应当是用 def 定义的函数，得到的是 {kind} 类型的值",
    },
    "own source": {
        "en": "{number}: the source of {name} cannot be read, to show it: define it in a file or in a notebook's cell",
        "zh": "{number}：读不到 {name} 的源代码，无法显示。请在文件或笔记本的单元格里定义它",
    },
    "own parameters": {
        "en": "{number}: {name} may have plain parameters only, without *, ** and /",
        "zh": "{number}：{name} 只能有普通的参数，不能有 *、** 和 /",
    },
    "own arguments": {
        "en": "{number}: {called} is called with {count} arguments: {error}",
        "zh": "{number}：调用 {called} 时给了 {count} 个参数：{error}",
    },
    "own raises": {
        "en": "{number}: the right answer raised {error}",
        "zh": "{number}：正确答案本身出错：{error}",
    },
    "own result": {
        "en": "{number}: the right answer must return numbers, not a value of type {kind}",
        "zh": "{number}：正确答案应当返回数，得到的是 {kind} 类型的值",
    },
    "own mistake is right": {
        "en": "{number}: the mistake {said!r} is right on every input: which input tells?",
        "zh": "{number}：“{said}”对应的错误函数，在每个输入上都给出了正确的结果。请加一个能看出差别的输入",
    },
    "own refused": {
        "en": "{number}: its check refuses the right answer: {verdict}",
        "zh": "{number}：正确答案没有通过检查：{verdict}",
    },
    "locks": {
        "en": "{known} can be locked, not {unknown}",
        "zh": "可以锁定的是 {known}，不能锁定 {unknown}",
    },
    # Settings.
    "dataset setting": {
        "en": "BOOK_UTILS_DATASET must be 'auto', 'real' or 'standin', not {choice!r}",
        "zh": "BOOK_UTILS_DATASET 应当是 'auto'、'real' 或 'standin'，现在是 {choice!r}",
    },
    "sources setting": {
        "en": "BOOK_UTILS_SOURCES must hold addresses of folders, like https://example.org/fashion-mnist/, separated "
        "by blanks; {address!r} is none",
        "zh": "BOOK_UTILS_SOURCES 里应当是用空格隔开的文件夹地址，例如 https://example.org/fashion-mnist/，"
        "而 {address!r} 不是",
    },
}
