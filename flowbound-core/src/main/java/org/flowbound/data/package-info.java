/**
 * Image data for classifiers.
 *
 * <p>A {@link org.flowbound.data.Dataset} is a training and a test part of {@link
 * org.flowbound.data.LabeledImages}, bytes as they come in files. {@link
 * org.flowbound.data.DatasetRepository} finds one by its name: {@link
 * org.flowbound.data.StrokeDigits} generates the default in memory, {@link
 * org.flowbound.data.IdxDataset} reads MNIST, Fashion-MNIST and one's own, {@link
 * org.flowbound.data.NpzDataset} one's own in NumPy's format, and what is published but not on this
 * machine is downloaded through a {@link org.flowbound.data.Fetcher} and verified.
 */
@NullMarked
package org.flowbound.data;

import org.jspecify.annotations.NullMarked;
