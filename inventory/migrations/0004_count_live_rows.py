import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0003_search_and_keep_lists'),
    ]

    operations = [
        migrations.AlterField(
            model_name='customer',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.organization', verbose_name='organisation'),
        ),
        migrations.AlterField(
            model_name='pricelist',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.organization', verbose_name='organisation'),
        ),
        migrations.AlterField(
            model_name='pricelistitem',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.organization', verbose_name='organisation'),
        ),
        migrations.AlterField(
            model_name='pricelistitem',
            name='price_list',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='inventory.pricelist', verbose_name='price list'),
        ),
        migrations.AlterField(
            model_name='product',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.organization', verbose_name='organisation'),
        ),
        migrations.AlterField(
            model_name='stocklevel',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.organization', verbose_name='organisation'),
        ),
        migrations.AlterField(
            model_name='warehouse',
            name='organization',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.organization', verbose_name='organisation'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['organization', 'removed_at', 'detail_is_due'], name='customer_presence'),
        ),
        migrations.AddIndex(
            model_name='pricelist',
            index=models.Index(fields=['organization', 'removed_at'], name='price_list_presence'),
        ),
        migrations.AddIndex(
            model_name='pricelistitem',
            index=models.Index(fields=['organization', 'removed_at'], name='price_presence'),
        ),
        migrations.AddIndex(
            model_name='pricelistitem',
            index=models.Index(fields=['price_list', 'removed_at'], name='price_by_list'),
        ),
        migrations.AddIndex(
            model_name='product',
            index=models.Index(fields=['organization', 'removed_at', 'is_tracked'], name='product_presence'),
        ),
        migrations.AddIndex(
            model_name='stocklevel',
            index=models.Index(fields=['organization', 'removed_at'], name='stock_level_presence'),
        ),
        migrations.AddIndex(
            model_name='warehouse',
            index=models.Index(fields=['organization', 'removed_at'], name='warehouse_presence'),
        ),
    ]
